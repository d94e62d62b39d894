/** What a path and a method ask for, in the words of the API server. */
export type Target =
  /** A path that is no resource: `/version`. */
  | { readonly kind: 'path'; readonly path: string }
  /** A kind of object, or one of its objects when `name` is given. */
  | {
      readonly kind: 'resource'
      readonly group: string
      readonly resource: string
      readonly namespace: string | undefined
      readonly name: string | undefined
      /** What is below the object: `log`, `token`. */
      readonly subresource: string | undefined
    }

/** Parts a request's path from its query; unlike a URL it may be anything. */
export function splitPath(given: string): {
  readonly path: string
  readonly query: URLSearchParams
} {
  const at = given.indexOf('?')
  if (at === -1) return { path: given, query: new URLSearchParams() }
  return { path: given.slice(0, at), query: new URLSearchParams(given.slice(at + 1)) }
}

/** Takes a path without its query apart; resources are recognised whether they exist or not. */
export function parseTarget(path: string): Target {
  const parts = path.split('/').slice(1).map(decodePart)
  const [root, ...rest] = parts
  const below = root === 'api' ? rest.slice(1) : rest.slice(2)
  const [first = '', ...more] = below
  if ((root !== 'api' && root !== 'apis') || first === '') return { kind: 'path', path }
  const group = root === 'apis' ? (rest[0] ?? '') : ''
  const inNamespace = first === 'namespaces' && more.length > 1
  const [namespace, resource = '', ...object] = inNamespace
    ? more
    : [first === 'namespaces' ? more[0] : undefined, first, ...more]
  const [name, ...deeper] = object
  const subresource = deeper.length > 0 ? deeper.join('/') : undefined
  return { kind: 'resource', group, resource, namespace, name, subresource }
}

/** The verb that permissions are given for. */
export function verbOf(method: string, target: Target, watch: boolean): string {
  if (target.kind === 'path') return method.toLowerCase()
  const one = target.name !== undefined
  switch (method) {
    case 'POST':
      return 'create'
    case 'PUT':
      return 'update'
    case 'PATCH':
      return 'patch'
    case 'DELETE':
      return one ? 'delete' : 'deletecollection'
    default:
      if (watch) return 'watch'
      return one ? 'get' : 'list'
  }
}

/** Undoes percent-encoding; leaves alone what is none. */
export function decodePart(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
