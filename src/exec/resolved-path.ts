import { flavour } from '../api/go-path.ts'
import { systemCodeOf } from '../errors/kubecred-error.ts'
import { stat } from '../host/file-system.ts'
import { systemWords } from '../host/system-words.ts'
import { mayExecute } from './executable-file.ts'
import type { LookUp } from './look-path.ts'
import { absolutePath, isBareName, type SearchHost } from './search-places.ts'

/** Where a command leads, as Go's `exec.LookPath` tells it. */
export interface ResolvedPath {
  /** Absolute for a name; a path stays as it is written. The command itself where it leads nowhere. */
  readonly path: string
  /** Why it cannot be executed, in Go's words; undefined when it can. */
  readonly trouble: string | undefined
}

/** What Go's `exec.LookPath` makes of a command: of what was found under it, see `lookPath`. */
export async function resolvedPath(
  command: string,
  lookUp: LookUp,
  host: SearchHost,
): Promise<ResolvedPath> {
  if (lookUp.kind === 'relative') {
    const trouble = 'cannot run executable found relative to current directory'
    return { path: lookUp.path, trouble }
  }
  if (isBareName(command, host.platform)) {
    if (lookUp.kind === 'found') return { path: lookUp.path, trouble: undefined }
    return { path: command, trouble: notFound(host) }
  }
  const absolute = absolutePath(command, host)
  if (lookUp.kind === 'not-found' && host.platform === 'win32') {
    const hasExtension = flavour(host.platform).basename(command).includes('.')
    return { path: command, trouble: hasExtension ? 'file does not exist' : notFound(host) }
  }
  // The extension is one that was looked for, which happens only on Windows.
  const extension = lookUp.kind === 'found' ? lookUp.path.slice(absolute.length) : ''
  const path = command + extension
  const trouble = await executionTrouble(absolute + extension, path)
  return { path: trouble === undefined ? path : command, trouble }
}

function notFound({ platform }: SearchHost): string {
  return `executable file not found in ${platform === 'win32' ? '%PATH%' : '$PATH'}`
}

async function executionTrouble(file: string, shown: string): Promise<string | undefined> {
  try {
    if ((await stat(file)).isDirectory()) return systemWords('EISDIR')
  } catch (error) {
    return `stat ${shown}: ${systemWords(systemCodeOf(error) ?? 'ENOENT')}`
  }
  return (await mayExecute(file)) ? undefined : systemWords('EACCES')
}
