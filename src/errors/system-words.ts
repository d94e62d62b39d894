import { messageOf, systemCodeOf } from './kubecred-error.ts'

/** What Go says for an error of the system's: `no such file or directory` for `ENOENT`. */
export function systemWords(code: string): string {
  return words[code] ?? code
}

/** What Go says of a file that could not be read: `open PATH: no such file or directory`. */
export function fileWords(path: string, error: unknown): string {
  const code = systemCodeOf(error)
  if (code === undefined || words[code] === undefined) return messageOf(error)
  const reading = error instanceof Error && 'syscall' in error && error.syscall === 'read'
  return `${reading ? 'read' : 'open'} ${path}: ${systemWords(code)}`
}

const words: Readonly<Record<string, string>> = {
  E2BIG: 'argument list too long',
  EACCES: 'permission denied',
  EAGAIN: 'resource temporarily unavailable',
  EINVAL: 'invalid argument',
  EISDIR: 'is a directory',
  ELOOP: 'too many levels of symbolic links',
  EMFILE: 'too many open files',
  ENFILE: 'too many open files in system',
  ENOENT: 'no such file or directory',
  ENOEXEC: 'exec format error',
  ENOMEM: 'cannot allocate memory',
  ENOTDIR: 'not a directory',
  EPERM: 'operation not permitted',
  ETXTBSY: 'text file busy',
}
