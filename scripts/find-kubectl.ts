import { readdirSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { findOnPath } from './executable.ts'

/**
 * Path of the kubectl to compare with; undefined when there is none on PATH.
 *
 * Some distributions put a dispatcher there, which asks the server for its version, with a plugin
 * run of its own, and then starts the kubectl that fits. The newest of those is the one meant.
 */
export function findKubectl(path?: string): string | undefined {
  const found = findOnPath('kubectl', path)
  if (found === undefined) return undefined
  const folder = dirname(realpathSync(found))
  const [newest] = readdirSync(folder)
    .filter((name) => /^kubectl\.1\.\d+$/u.test(name))
    .toSorted((a, b) => Number(b.split('.')[2]) - Number(a.split('.')[2]))
  return newest === undefined ? found : join(folder, newest)
}
