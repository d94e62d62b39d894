import { posix } from 'node:path'

import { printableText } from '../encoding/printable-text.ts'

const longestName = 255
const longestPath = 4096

/**
 * Why the kubelet would not write a file of that path, in its words; undefined where it would.
 *
 * What the kubelet lets pass and cannot write is refused as well: `./..data`, `.`, and a zero character.
 */
export function pathFault(path: string): string | undefined {
  const shown = printableText(path)
  if (path === '') return 'invalid path: must not be empty: ""'
  if (path.startsWith('/')) return `invalid path: must be relative path: ${shown}`
  if (Buffer.byteLength(path) > longestPath) {
    return `invalid path: must be less than or equal to ${longestPath} characters`
  }
  for (const name of path.split('/')) {
    if (name === '..') return `invalid path: must not contain '..': ${shown}`
    if (Buffer.byteLength(name) > longestName) {
      return `invalid path: filenames must be less than or equal to ${longestName} characters`
    }
  }
  const clean = cleanFilePath(path)
  if (clean.startsWith('..')) return `invalid path: must not start with '..': ${shown}`
  if (clean === '.') return `invalid path: must name a file: ${shown}`
  if (path.includes('\0')) return `invalid path: must not contain U+0000: ${shown}`
  return undefined
}

/** The path as it is written: `a//b/./c/` becomes `a/b/c`. For paths without {@link pathFault}. */
export function cleanFilePath(path: string): string {
  const clean = posix.normalize(path)
  return clean.endsWith('/') ? clean.slice(0, -1) : clean
}

/** The folders that lead to a file, outermost first: `a` and `a/b` for `a/b/c`. */
export function foldersOf(path: string): readonly string[] {
  const names = path.split('/').slice(0, -1)
  return names.map((_, index) => names.slice(0, index + 1).join('/'))
}

/** What of a path stands in the directory itself: `a` for `a/b/c`. */
export function visibleNameOf(path: string): string {
  return path.split('/', 1).join('')
}
