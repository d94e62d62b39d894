import { messageOf, systemCodeOf } from '../errors/kubecred-error.ts'

/**
 * What Go says when a file cannot be read: `open PATH: no such file or directory`, and `read` where it
 * can be opened and is a directory.
 */
export function unreadableFile(path: string, error: unknown): string {
  const code = systemCodeOf(error)
  if (code === undefined) return messageOf(error)
  return `${code === 'EISDIR' ? 'read' : 'open'} ${path}: ${systemWords(code)}`
}

/**
 * What to do about a file that cannot be read.
 *
 * @param otherwise What it is where the system's code says no more than that.
 * @param missing What it is where there is no such file. Default: `otherwise`.
 */
export function unreadableFileHint(
  error: unknown,
  otherwise: string,
  missing: string = otherwise,
): string {
  switch (systemCodeOf(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return missing
    case 'EACCES':
    case 'EPERM':
      return 'make the file readable for the user who runs this program'
    case 'EISDIR':
      return 'name the file in the folder, not the folder'
    default:
      return otherwise
  }
}

/** What Go says for an error of the system; the code itself where it is a rare one. */
export function systemWords(code: string): string {
  return words[code] ?? code
}

const words: Readonly<Record<string, string>> = {
  E2BIG: 'argument list too long',
  EACCES: 'permission denied',
  EAGAIN: 'resource temporarily unavailable',
  EDQUOT: 'disk quota exceeded',
  EEXIST: 'file exists',
  EINVAL: 'invalid argument',
  EIO: 'input/output error',
  EISDIR: 'is a directory',
  ELOOP: 'too many levels of symbolic links',
  EMFILE: 'too many open files',
  ENAMETOOLONG: 'file name too long',
  ENFILE: 'too many open files in system',
  ENOENT: 'no such file or directory',
  ENOEXEC: 'exec format error',
  ENOMEM: 'cannot allocate memory',
  ENOSPC: 'no space left on device',
  ENOTDIR: 'not a directory',
  ENOTEMPTY: 'directory not empty',
  EPERM: 'operation not permitted',
  EROFS: 'read-only file system',
  ETXTBSY: 'text file busy',
}
