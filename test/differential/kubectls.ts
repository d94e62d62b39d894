import { execFileSync } from 'node:child_process'
import { accessSync, constants, existsSync, readdirSync, realpathSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'

/** A kubectl to compare with. */
export interface Kubectl {
  readonly path: string
  /** Minor version: 36 for 1.36.3. */
  readonly minor: number
}

/**
 * Every kubectl of this machine, the newest first: that is the judge. Of two with the same minor
 * version the first counts.
 *
 * @param env `KUBEBUILDER_ASSETS` names the folder of one, as with other tools; PATH that of others.
 */
export async function findKubectls(
  env: NodeJS.ProcessEnv = process.env,
): Promise<readonly Kubectl[]> {
  const found = new Map<number, Kubectl>()
  for (const path of [...(await builtKubectls(env)), ...kubectlsOnPath(env['PATH'] ?? '')]) {
    const minor = minorOf(path)
    if (minor !== undefined && !found.has(minor)) found.set(minor, { path, minor })
  }
  return [...found.values()].toSorted((a, b) => b.minor - a.minor)
}

/** The one place for a kubectl that is not on PATH. */
function builtKubectls(env: NodeJS.ProcessEnv): Promise<string[]> {
  const assets = env['KUBEBUILDER_ASSETS']
  return Promise.resolve(assets === undefined ? [] : [join(assets, 'kubectl')].filter(isExecutable))
}

/**
 * Some distributions put a dispatcher on PATH, which asks the server for its version, with a plugin
 * run of its own, and then starts the kubectl beside it that fits; those are the ones meant.
 */
function kubectlsOnPath(path: string): string[] {
  const places = path.split(delimiter).map((folder) => join(folder, 'kubectl'))
  return places.filter(isExecutable).flatMap((kubectl) => {
    const folder = dirname(realpathSync(kubectl))
    const versions = readdirSync(folder).filter((name) => /^kubectl\.1\.\d+$/u.test(name))
    return versions.length === 0 ? [kubectl] : versions.map((name) => join(folder, name))
  })
}

function minorOf(path: string): number | undefined {
  try {
    const args = ['version', '--client', '--output=json']
    const printed = execFileSync(path, args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const minor = /"minor":\s*"(\d+)/u.exec(printed)?.[1]
    return minor === undefined ? undefined : Number(minor)
  } catch {
    return undefined
  }
}

function isExecutable(file: string): boolean {
  if (!existsSync(file)) return false
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
