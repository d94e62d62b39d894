import { posix, sep } from 'node:path'

import { linkTo } from './static-link.ts'
import { readTarget } from './target.ts'

/** What a request for a static file is aimed at. */
export interface StaticPath {
  /** Path below the prefix as the client means it: decoded, with a slash before it. */
  readonly decoded: string
  /** The same without `..`, doubled slashes and a slash at the end: `/` for the directory itself. */
  readonly file: string
  /** Query with its question mark, '' for none. */
  readonly query: string
}

/**
 * Reads the target of a request for a static file; undefined when it can be no file's name.
 *
 * @param separator What the system has between the names of a path.
 */
export function readStaticPath(
  target: string,
  prefix: string,
  separator: string = sep,
): StaticPath | undefined {
  const read = readTarget(target)
  if (read.kind !== 'path' || !read.path.startsWith(prefix)) return undefined
  const rest = decode(read.path.slice(prefix.length))
  if (rest === undefined || !isLocal(rest, separator)) return undefined
  const decoded = rest.startsWith('/') ? rest : `/${rest}`
  // A `%2e%2e` or `%2F` is in it by now; nothing leads out of a root.
  return { decoded, file: posix.resolve('/', decoded), query: read.query }
}

/** Where a path is sent that has a slash too many or too few at its end; undefined if it is right. */
export function redirectFor(decoded: string, kind: 'file' | 'folder'): string | undefined {
  const slash = decoded.endsWith('/')
  const name = Buffer.from(posix.basename(decoded)).toString('latin1')
  if (kind === 'folder') return slash ? undefined : linkTo(`${name}/`)
  return slash && name !== '' ? linkTo(`../${name}`) : undefined
}

function decode(path: string): string | undefined {
  try {
    return decodeURIComponent(path)
  } catch {
    // No UTF-8: Go has no such files, either.
    return undefined
  }
}

// Names that are devices on Windows, in whatever folder and with whatever ending.
const device = /^(?:con|prn|aux|nul|com[1-9¹²³]|lpt[1-9¹²³]|conin\$|conout\$) *(?:\.|$)/iu

/** Whether a path leads to a file of the directory it is joined to, as Go's filepath.Localize has it. */
function isLocal(path: string, separator: string): boolean {
  if (path.includes('\0')) return false
  if (separator === '/') return true
  return !/[:\\]/u.test(path) && !path.split('/').some((name) => device.test(name))
}
