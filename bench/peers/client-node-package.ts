import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'

export const clientNodeVersion = '2.0.1'

/** What is used of `@kubernetes/client-node`, which is no dependency of this project. */
export interface ClientNode {
  readonly KubeConfig: new () => {
    loadFromFile(path: string): void
    makeApiClient<T>(api: new (...args: never[]) => T): T
  }
  readonly VersionApi: new (...args: never[]) => VersionApi
}

/** Its API for the version of the server. */
export interface VersionApi {
  getCode(): Promise<{ readonly gitVersion: string }>
}

const name = '@kubernetes/client-node'
const folder = new URL(`../../.cache/client-node-${clientNodeVersion}/`, import.meta.url)

/** Loads the package, after installing it on first use; undefined when that fails. */
export async function loadClientNode(): Promise<ClientNode | undefined> {
  const path = fileURLToPath(folder)
  if (!existsSync(new URL(`node_modules/${name}/package.json`, folder))) {
    await mkdir(path, { recursive: true })
    const install = ['install', '--prefix', path, '--no-save', '--no-audit', '--no-fund']
    if (!npm([...install, '--ignore-scripts', `${name}@${clientNodeVersion}`])) return undefined
  }
  const entry = createRequire(new URL('bench.js', folder)).resolve(name)
  // Its types are not at hand; what is used of them stands above.
  return (await import(pathToFileURL(entry).href)) as ClientNode
}

/** Runs npm, the one that runs this script if there is one; whether it succeeded. */
function npm(args: readonly string[]): boolean {
  const cli = process.env['npm_execpath'] ?? ''
  const options = { stdio: ['ignore', 'ignore', 'inherit'] as ['ignore', 'ignore', 'inherit'] }
  const { status } = /npm-cli\.c?js$/u.test(cli)
    ? spawnSync(process.execPath, [cli, ...args], options)
    : spawnSync('npm', args, { ...options, shell: process.platform === 'win32' })
  return status === 0
}
