import { KubecredError, systemCodeOf } from '../errors/kubecred-error.ts'
import { systemWords } from '../host/system-words.ts'

/**
 * What a writer says when the system refuses something in its directory.
 *
 * @param hint What to do, where the caller knows more than the system has said.
 */
export function directoryError(directory: string, error: unknown, hint?: string): unknown {
  const code = systemCodeOf(error)
  if (error instanceof KubecredError || code === undefined) return error
  const file = textIn(error, 'path') ?? directory
  const done = textIn(error, 'syscall') ?? 'write'
  return new KubecredError(
    'ERR_PROJECTION_DIRECTORY',
    `cannot write to ${directory}: ${done} ${file}: ${systemWords(code)}`,
    { cause: error, hint: hint ?? hints[`${done} ${code}`] ?? hints[code], details: { file } },
  )
}

/** By the system's code, or by the call before it where that says more. */
const hints: Readonly<Record<string, string>> = {
  EACCES: 'the directory must be readable and writable for the user of this process',
  EDQUOT: 'make room on the disk',
  ELOOP: 'a link on the way leads back to itself: check the path',
  ENAMETOOLONG: 'take a shorter path',
  ENOENT: 'create the directory first',
  // The directory itself was read a moment ago.
  'mkdir ENOENT': 'take a directory where folders can be made',
  ENOSPC: 'make room on the disk',
  ENOTDIR: 'it, or something on the way to it, is a file: name a directory',
  EPERM: 'take a directory where files, folders and links can be made and removed',
  'fchown EPERM': 'only root may give files to another user or group',
  EROFS: 'take a directory that is writable',
}

function textIn(error: unknown, name: 'path' | 'syscall'): string | undefined {
  if (typeof error !== 'object' || error === null || !(name in error)) return undefined
  // `in` has just found it.
  const value = (error as Record<typeof name, unknown>)[name]
  return typeof value === 'string' ? value : undefined
}
