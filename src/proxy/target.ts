import { posix } from 'node:path'

/** What a request line is aimed at. */
export type ProxyTarget =
  | {
      readonly kind: 'path'
      /** Path as it came, without the query. */
      readonly path: string
      /** Query with its question mark, '' for none. */
      readonly query: string
      /** Host and port, when they stand in the request line. */
      readonly host: string | undefined
    }
  /** The path has `..` or `//` in it, or there is none: nothing that a filter can judge. */
  | { readonly kind: 'redirect'; readonly location: string }
  | { readonly kind: 'invalid' }

/** Reads the target of a request line. */
export function readTarget(target: string): ProxyTarget {
  const { host, path: whole } = split(target)
  if (whole === undefined || (host !== undefined && !isAuthority(host))) return { kind: 'invalid' }
  const end = whole.indexOf('?')
  const path = end === -1 ? whole : whole.slice(0, end)
  const query = end === -1 ? '' : whole.slice(end)
  if (path === '') return { kind: 'redirect', location: `/${query}` }
  if (unusual.test(path)) {
    if (/%(?![0-9A-Fa-f]{2})/u.test(path)) return { kind: 'invalid' }
    const clean = posix.normalize(path)
    if (clean !== path) return { kind: 'redirect', location: escaped(clean) + query }
  }
  return { kind: 'path', path, query, host }
}

/** A path, decoded, in every form that a server, or a pattern, might read it in. */
export function formsOf(path: string): readonly string[] {
  // kubectl's patterns see nothing where there is a slash alone.
  if (path === '/') return ['/', '']
  if (!path.includes('%')) return [path]
  const decoded = decode(path)
  return [...new Set([decoded, posix.normalize(decoded)])]
}

/** A path with what must not stand in one escaped. */
export function escaped(path: string): string {
  return path.replaceAll(/["#<>\\^`{|}]/gu, (character) => encodeURIComponent(character))
}

// Nearly no path has any of it.
const unusual = /%|\/\/|\/\./u

function split(target: string): { readonly host?: string; readonly path: string | undefined } {
  if (target.startsWith('/')) return { path: target }
  const { host, path } = /^https?:\/\/(?<host>[^/?]*)(?<path>.*)$/iu.exec(target)?.groups ?? {}
  return host === undefined || path === undefined ? { path: undefined } : { host, path }
}

function isAuthority(host: string): boolean {
  return /^(?:[^@]*@)?(?:\[[0-9a-fA-F:.]+\]|[^%:[\]]*)(?::\d*)?$/u.test(host)
}

/** As Go reads a path: what is not UTF-8 is no error, and each byte of it becomes U+FFFD. */
function decode(path: string): string {
  const bytes = path.replaceAll(/%([0-9A-Fa-f]{2})/gu, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
  return bytes.replaceAll(sequence, (found) =>
    found.length === 1 ? '\uFFFD' : Buffer.from(found, 'latin1').toString('utf8'),
  )
}

// A character of more than one byte by the table of the Unicode standard (3-7), or a lone byte.
const sequence = new RegExp(
  [
    '[\xC2-\xDF][\x80-\xBF]',
    '\xE0[\xA0-\xBF][\x80-\xBF]',
    '[\xE1-\xEC\xEE\xEF][\x80-\xBF]{2}',
    '\xED[\x80-\x9F][\x80-\xBF]',
    '\xF0[\x90-\xBF][\x80-\xBF]{2}',
    '[\xF1-\xF3][\x80-\xBF]{3}',
    '\xF4[\x80-\x8F][\x80-\xBF]{2}',
    '[\x80-\xFF]',
  ].join('|'),
  'gu',
)
