import { flavour } from '../api/go-path.ts'
import { systemCodeOf } from '../errors/kubecred-error.ts'
import { stat } from '../host/file-system.ts'
import { mayExecute } from './executable-file.ts'
import {
  absolutePath,
  candidateFiles,
  isBareName,
  searchPlaces,
  type SearchHost,
} from './search-places.ts'

/** What {@link lookPath} found. */
export type LookUp =
  | { readonly kind: 'found'; readonly path: string }
  | { readonly kind: 'not-found' }
  /** Found through a relative entry of PATH, and refused; the path is relative as well. */
  | { readonly kind: 'relative'; readonly path: string }

/**
 * Finds a plugin as Go's `exec.LookPath` does: a bare name in the PATH of this process, never in
 * the current directory; a path is taken as it is.
 *
 * @param command Clean, see `cleanPath`.
 * @param searchPath Folders to look in after PATH.
 */
export async function lookPath(
  command: string,
  host: SearchHost,
  searchPath: readonly string[] = [],
): Promise<LookUp> {
  if (!isBareName(command, host.platform)) return await lookAt(command, host)
  const { join, resolve } = flavour(host.platform)
  let outcome: LookUp = { kind: 'not-found' }
  for (const { folder, relative } of searchPlaces(host, searchPath)) {
    const file = resolve(host.cwd, folder, command)
    const path = await firstThat(isExecutable, candidateFiles(file, host))
    if (path === undefined) continue
    if (!relative) return { kind: 'found', path }
    const extension = path.slice(file.length)
    if (outcome.kind === 'not-found') {
      outcome = { kind: 'relative', path: join(folder, command) + extension }
    }
    // On Windows Go goes on to look for an absolute one.
    if (host.platform !== 'win32') break
  }
  return outcome
}

async function lookAt(command: string, host: SearchHost): Promise<LookUp> {
  // Whether it can be executed is found out by starting it, which knows best why not.
  const path = await firstThat(exists, candidateFiles(absolutePath(command, host), host))
  return path === undefined ? { kind: 'not-found' } : { kind: 'found', path }
}

async function firstThat(
  test: (file: string) => Promise<boolean>,
  files: readonly string[],
): Promise<string | undefined> {
  for (const file of files) if (await test(file)) return file
  return undefined
}

async function exists(file: string): Promise<boolean> {
  try {
    await stat(file)
    return true
  } catch (error) {
    const code = systemCodeOf(error)
    return code !== 'ENOENT' && code !== 'ENOTDIR'
  }
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    return !(await stat(file)).isDirectory() && (await mayExecute(file))
  } catch {
    return false
  }
}
