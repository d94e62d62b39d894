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
  /** The path has `..` or `//` in it: nothing that a filter can judge. */
  | { readonly kind: 'redirect'; readonly location: string }
  | { readonly kind: 'invalid' }

/** Reads the target of a request line. */
export function readTarget(target: string): ProxyTarget {
  const { host, path: whole } = split(target)
  if (whole === undefined) return { kind: 'invalid' }
  const end = whole.indexOf('?')
  const path = end === -1 ? whole : whole.slice(0, end)
  const query = end === -1 ? '' : whole.slice(end)
  if (unusual.test(path)) {
    if (/%(?![0-9A-Fa-f]{2})/u.test(path)) return { kind: 'invalid' }
    const clean = posix.normalize(path)
    if (clean !== path) return { kind: 'redirect', location: clean + query }
  }
  return { kind: 'path', path, query, host }
}

/** A path, decoded, in every form that a server might read it in. */
export function formsOf(path: string): readonly string[] {
  if (!path.includes('%')) return [path]
  // Byte by byte: what is not UTF-8 shall not be an error here.
  const decoded = path.replaceAll(/%([0-9A-Fa-f]{2})/gu, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
  return [...new Set([decoded, posix.normalize(decoded)])]
}

// Nearly no path has any of it.
const unusual = /%|\/\/|\/\./u

function split(target: string): { readonly host?: string; readonly path: string | undefined } {
  if (target.startsWith('/')) return { path: target }
  const { host, path } = /^https?:\/\/(?<host>[^/?]*)(?<path>.*)$/iu.exec(target)?.groups ?? {}
  if (host === undefined || path === undefined) return { path: undefined }
  return { host, path: path.startsWith('/') ? path : `/${path}` }
}
