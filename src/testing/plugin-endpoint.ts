import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'

import type { JsonObject } from '../api/json.ts'
import type { CredentialDesk, CredentialRequest } from './credential-desk.ts'
import { listen } from './listen.ts'
import { splitPath } from './resource-path.ts'

/** Where fake plugins get credentials. */
export interface PluginEndpoint {
  /** Plain HTTP on the loopback address, with a path that cannot be guessed. */
  readonly url: string
  close(): Promise<void>
}

/** Starts the endpoint that issues credentials to fake plugins; see `IssueFrom`. */
export async function startPluginEndpoint(desk: CredentialDesk): Promise<PluginEndpoint> {
  const path = `/${randomBytes(16).toString('base64url')}`
  const server = createServer(({ method, url = '/' }, response) => {
    const asked = splitPath(url)
    const known = method === 'GET' && asked.path === path
    const wanted = known ? orderOf(asked.query) : undefined
    response.setHeader('content-type', 'application/json')
    response.statusCode = wanted === undefined ? (known ? 400 : 404) : 200
    response.end(wanted === undefined ? '{}' : JSON.stringify(fill(wanted, desk)))
  })
  const port = await listen(server, 0)
  return {
    url: `http://127.0.0.1:${port}${path}`,
    close: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}

interface Order {
  readonly kind: 'token' | 'certificate' | 'both'
  readonly request: CredentialRequest
}

function orderOf(query: URLSearchParams): Order | undefined {
  const kind = query.get('kind') ?? 'token'
  if (kind !== 'token' && kind !== 'certificate' && kind !== 'both') return undefined
  const user = query.get('user')
  const lifetimeMs = query.get('lifetimeMs')
  if (!Number.isFinite(Number(lifetimeMs))) return undefined
  const request = {
    groups: query.getAll('group'),
    ...(user === null ? {} : { user }),
    ...(lifetimeMs === null ? {} : { lifetimeMs: Number(lifetimeMs) }),
  }
  return { kind, request }
}

/** The `status` of an ExecCredential. */
function fill({ kind, request }: Order, desk: CredentialDesk): JsonObject {
  const token = kind === 'certificate' ? undefined : desk.issueToken(request)
  const certificate = kind === 'token' ? undefined : desk.issueCertificate(request)
  const ends = [token?.expiresAt, certificate?.notAfter].flatMap((date) => date?.getTime() ?? [])
  return {
    expirationTimestamp: new Date(Math.min(...ends)).toISOString(),
    ...(token === undefined ? {} : { token: token.token }),
    ...(certificate === undefined
      ? {}
      : {
          clientCertificateData: certificate.certificatePem,
          clientKeyData: certificate.privateKeyPem,
        }),
  }
}
