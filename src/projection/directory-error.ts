import { KubecredError, systemCodeOf } from '../errors/kubecred-error.ts'
import { systemWords } from '../host/system-words.ts'

/** What a writer says when the system refuses something in its directory. */
export function directoryError(directory: string, error: unknown): unknown {
  const code = systemCodeOf(error)
  if (error instanceof KubecredError || code === undefined) return error
  const file = textIn(error, 'path') ?? directory
  const done = textIn(error, 'syscall') ?? 'write'
  return new KubecredError(
    'ERR_PROJECTION_DIRECTORY',
    `cannot write to ${directory}: ${done} ${file}: ${systemWords(code)}`,
    { cause: error, hint: hints[code], details: { file } },
  )
}

const hints: Readonly<Record<string, string>> = {
  EACCES: 'the directory must be writable for the user of this process',
  ENOENT: 'create the directory first',
  ENOTDIR: 'name a directory, not a file',
  EPERM: 'only root may give files to another user or group',
  EROFS: 'take a directory that is writable',
}

function textIn(error: unknown, name: 'path' | 'syscall'): string | undefined {
  if (typeof error !== 'object' || error === null || !(name in error)) return undefined
  // `in` has just found it.
  const value = (error as Record<typeof name, unknown>)[name]
  return typeof value === 'string' ? value : undefined
}
