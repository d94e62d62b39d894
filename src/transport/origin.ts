import { KubecredError } from '../errors/kubecred-error.ts'

/**
 * The URL of a path on the server. A server that lives below a path gets the request below it,
 * unless the path already leads there.
 *
 * @throws {@link KubecredError} `ERR_FOREIGN_ORIGIN` when `path` is a URL of another server.
 */
export function resolveOnServer(serverUrl: string, path: string): URL {
  const server = new URL(serverUrl)
  if (/^[a-z][a-z0-9+.-]*:\/\//iu.test(path)) {
    const url = new URL(path)
    assertSameOrigin(server.origin, url.origin)
    if (url.username !== '' || url.password !== '') {
      throw new TypeError('"path" must not hold a user or a password')
    }
    return url
  }
  const base = server.pathname.replace(/\/+$/u, '')
  const rooted = path.startsWith('/') ? path : `/${path}`
  const below = rooted === base || rooted.startsWith(`${base}/`)
  // Put together as text: `//host` at the start of a path must not be taken for another server.
  return new URL(`${server.origin}${below ? '' : base}${rooted}`)
}

/** @throws {@link KubecredError} `ERR_FOREIGN_ORIGIN` when the two are not the same server. */
export function assertSameOrigin(server: string, requested: string): void {
  if (server === requested) return
  throw new KubecredError(
    'ERR_FOREIGN_ORIGIN',
    `request to ${requested} refused: the credential belongs to ${server}`,
    { hint: 'a credential is never sent to another server, nor across a redirect to one' },
  )
}
