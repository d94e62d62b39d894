/** Below which paths a proxy serves what; each begins and ends with a slash. */
export interface Routes {
  readonly api: string
  /** Static files; undefined for none. */
  readonly files: string | undefined
}

/** What a path leads to. */
export type Route =
  /** The API; `path` is what the server is asked for. */
  | { readonly kind: 'api'; readonly path: string }
  | { readonly kind: 'files' }
  /** A prefix without its slash. */
  | { readonly kind: 'redirect'; readonly location: string }
  | { readonly kind: 'nothing' }

/** Finds what a path leads to, as kubectl's routing does: of two prefixes that fit the longer wins. */
export function routeOf(path: string, { api, files }: Routes): Route {
  const toApi = path.startsWith(api)
  const toFiles = files !== undefined && path.startsWith(files)
  if (toFiles && !(toApi && api.length > files.length)) return { kind: 'files' }
  if (`${path}/` === files || `${path}/` === api) return { kind: 'redirect', location: `${path}/` }
  if (!toApi) return { kind: 'nothing' }
  // kubectl takes any other prefix away, but leaves what already looks like the API.
  return { kind: 'api', path: api.startsWith('/api') ? path : path.slice(api.length - 1) }
}
