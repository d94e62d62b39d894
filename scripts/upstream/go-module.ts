import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Folder with the sources of a Kubernetes module, in the version that the judges of this repository
 * are built from; undefined where Go or the sources are not on this machine.
 *
 * @param name `client-go`
 * @param root Folder of the repository.
 */
export function goModuleFolder(name: string, root: string): string | undefined {
  const manifest = readFileSync(join(root, 'test/cluster/go.mod'), 'utf8')
  const version = new RegExp(`^\\s*k8s\\.io/${name} (v[\\w.-]+)`, 'mu').exec(manifest)?.[1]
  const cache = goModuleCache()
  if (version === undefined || cache === undefined) return undefined
  const folder = join(cache, 'k8s.io', `${name}@${version}`)
  return existsSync(folder) ? folder : undefined
}

function goModuleCache(): string | undefined {
  try {
    return execFileSync('go', ['env', 'GOMODCACHE'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 20_000,
    }).trim()
  } catch {
    return undefined
  }
}
