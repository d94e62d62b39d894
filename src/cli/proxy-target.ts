import { posix } from 'node:path'

/** What a request line is aimed at. */
export type ProxyTarget =
  | {
      readonly kind: 'path'
      /** Path and query, as they came. */
      readonly path: string
      /** The path alone, decoded, in every form that a server might read it in. */
      readonly forms: readonly string[]
      /** Host and port, when they stand in the request line. */
      readonly host: string | undefined
    }
  /** The path has `..` or `//` in it: nothing that a filter can judge. */
  | { readonly kind: 'redirect'; readonly location: string }
  | { readonly kind: 'invalid' }

/** Reads the target of a request line. */
export function readTarget(target: string): ProxyTarget {
  const { host, path } = split(target)
  if (path === undefined) return { kind: 'invalid' }
  const end = path.indexOf('?')
  const plain = end === -1 ? path : path.slice(0, end)
  const query = end === -1 ? '' : path.slice(end)
  if (/%(?![0-9A-Fa-f]{2})/u.test(plain)) return { kind: 'invalid' }
  const clean = posix.normalize(plain)
  if (clean !== plain) return { kind: 'redirect', location: clean + query }
  const decoded = decode(plain)
  const forms = [...new Set([decoded, posix.normalize(decoded)])]
  return { kind: 'path', path, forms, host }
}

function split(target: string): { readonly host?: string; readonly path: string | undefined } {
  if (target.startsWith('/')) return { path: target }
  const { host, path } = /^https?:\/\/(?<host>[^/?]*)(?<path>.*)$/iu.exec(target)?.groups ?? {}
  if (host === undefined || path === undefined) return { path: undefined }
  return { host, path: path.startsWith('/') ? path : `/${path}` }
}

/** Byte by byte: what is not UTF-8 shall not be an error here. */
function decode(path: string): string {
  return path.replaceAll(/%([0-9A-Fa-f]{2})/gu, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
}
