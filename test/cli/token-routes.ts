import { plantedSecret } from '../../scripts/suite/planted-secret.ts'
import type { JsonObject } from '../../src/doors/index.ts'
import type { FakeApiServer } from '../../src/doors/testing.ts'

/** A JSON Web Token with these claims; its signature is a planted secret. */
export function tokenWith(claims: unknown): string {
  const encoded = [{ alg: 'RS256', kid: 'k' }, claims].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  )
  return [...encoded, plantedSecret].join('.')
}

/** A TokenRequest that the route has got. */
export interface AskedToken {
  readonly namespace: string
  readonly name: string
  readonly user: string | undefined
  /** Its body; undefined where it is no JSON. */
  readonly body: unknown
}

/** How the route answers. */
export interface TokenRoutes {
  /** Default: a JSON Web Token, `tokenWith` claims. */
  readonly token?: (asked: AskedToken) => string
  /** Granted, seconds. Default: 3600. */
  readonly seconds?: number
  readonly headers?: Readonly<Record<string, string>>
  /** Time of the issue, milliseconds. Default: the machine's. */
  readonly now?: () => number
}

/** Gives a server the TokenRequest API; the answer has all that was asked for, and the end of it. */
export function serveTokens(
  server: FakeApiServer,
  { token = jwtFor, seconds = 3600, headers = {}, now = Date.now }: TokenRoutes = {},
): { readonly asked: readonly AskedToken[]; readonly stop: () => void } {
  const asked: AskedToken[] = []
  const stop = server.intercept(({ method, path, user }, respond) => {
    const [, namespace = '', name = ''] = form.exec(path) ?? []
    // Who is not known gets the server's own 401.
    if (method !== 'POST' || name === '' || user === undefined) return false
    void respond.readBody().then((body) => {
      const one = { namespace, name, user, body: json(body.toString('utf8')) }
      asked.push(one)
      const end = Math.floor(now() / 1000) + seconds
      const expirationTimestamp = new Date(end * 1000).toISOString().replace('.000Z', 'Z')
      respond.reply({
        statusCode: 201,
        headers,
        body: {
          kind: 'TokenRequest',
          apiVersion: 'authentication.k8s.io/v1',
          metadata: {
            name,
            namespace,
            creationTimestamp: '2026-01-01T00:00:00Z',
            managedFields: [{ manager: 'kubectl' }],
          },
          spec: { audiences: ['yes'], expirationSeconds: seconds, boundObjectRef: null },
          status: { token: token(one), expirationTimestamp },
        },
      })
    })
    return true
  })
  return { asked, stop }
}

const form = /^\/api\/v1\/namespaces\/([^/]+)\/serviceaccounts\/([^/?]+)\/token(?:\?|$)/u

function jwtFor({ namespace, name }: AskedToken): string {
  return tokenWith(serviceAccountClaims(namespace, name))
}

/** The claims of a ServiceAccount's token that was issued on 2026-01-01T00:00:00Z for an hour. */
export function serviceAccountClaims(
  namespace: string,
  name: string,
  own: object = {},
): JsonObject {
  const issuedAt = 1_767_225_600
  return {
    iss: 'https://kubernetes.default.svc',
    sub: `system:serviceaccount:${namespace}:${name}`,
    aud: ['https://kubernetes.default.svc'],
    iat: issuedAt,
    nbf: issuedAt,
    exp: issuedAt + 3600,
    jti: 'an-id',
    'kubernetes.io': { namespace, serviceaccount: { name, uid: `uid-of-${name}` }, ...own },
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
