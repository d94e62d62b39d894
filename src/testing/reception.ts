import { admit, type AdmissionPolicy } from './admit.ts'
import { authenticate, fingerprintOf, type FakeUser, type Recognition } from './authenticate.ts'
import type { Connection } from './connections.ts'
import type { CredentialDesk } from './credential-desk.ts'
import { Exchange, type ServerRequest } from './exchange.ts'
import { impersonate } from './impersonate.ts'
import type { Interceptors } from './interceptors.ts'
import type { RequestEntry } from './request-log.ts'
import { parseTarget, splitPath, verbOf } from './resource-path.ts'
import { serveRequest, type Backend } from './serve-request.ts'
import { failure, type Reply } from './status.ts'
import type { RequestListener } from './tls-listener.ts'

/** What the reception works with. */
export interface ReceptionParts {
  readonly backend: Backend
  readonly desk: CredentialDesk
  readonly interceptors: Interceptors
  readonly policy: AdmissionPolicy
  /** Where each request is noted. */
  readonly requests: RequestEntry[]
}

/**
 * The way of every request: who is it, what did the test script for it, may it, and the answer. As
 * with kube-apiserver, all of that comes before the body is read.
 */
export function createReception(parts: ReceptionParts): RequestListener {
  const { backend, desk, interceptors, policy, requests } = parts
  return (request, response, connection, upgrade) => {
    const { path, query } = splitPath(request.url ?? '/')
    const target = parseTarget(path)
    const recognition = recognise(request, connection, desk, backend.clock.now())
    const entry = entryOf(request, connection, recognition)
    requests.push(entry)
    const exchange = new Exchange(request, response, entry, connection, upgrade)
    if (interceptors.take(exchange)) return
    const verb = verbOf(entry.method, target, query.has('watch'))
    const admitted = admit({ recognition, method: entry.method, path, target, verb }, policy)
    const user = isReply(admitted) ? admitted : impersonate(admitted, entry.rawHeaders)
    if (isReply(user)) return exchange.reply(user)
    entry.user = user.name
    if (upgrade !== undefined && path === '/upgrade-echo') return echoAll(exchange)
    serveRequest({ exchange, user, target, query }, backend).catch((error: unknown) => {
      fail(exchange, error)
    })
  }
}

/** Sends back every byte that comes. */
function echoAll(exchange: Exchange): void {
  const connection = exchange.switchProtocols()
  connection.pipe(connection)
}

function recognise(
  { headers }: ServerRequest,
  { clientCertificate, clientTrusted }: Connection,
  desk: CredentialDesk,
  now: number,
): Recognition {
  if (clientCertificate !== undefined) desk.see(clientCertificate)
  const { authorization } = headers
  return authenticate({ clientCertificate, clientTrusted, authorization }, desk, now)
}

function entryOf(
  request: ServerRequest,
  connection: Connection,
  recognition: Recognition,
): RequestEntry {
  const { clientCertificate } = connection
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    headers: Object.fromEntries(
      Object.entries(request.headers).filter(([name]) => !name.startsWith(':')),
    ),
    rawHeaders: request.rawHeaders,
    httpVersion: versionOf(request.httpVersion),
    user: typeof recognition === 'object' ? recognition.name : undefined,
    statusCode: undefined,
    clientCertificateFingerprint: clientCertificate && fingerprintOf(clientCertificate),
    clientCertificateSubject: clientCertificate?.subject.split('\n').join(', '),
    tlsSessionReused: connection.sessionReused,
    tlsServerName: connection.serverName,
    connectionId: connection.id,
    bodyLength: 0,
    bodySha256: undefined,
  }
}

function versionOf(version: string): RequestEntry['httpVersion'] {
  if (version === '2.0') return '2.0'
  return version === '1.0' ? '1.0' : '1.1'
}

function isReply(value: FakeUser | Reply): value is Reply {
  return 'statusCode' in value
}

// The client went away in the middle of its request; if not, the fake itself is at fault.
function fail(exchange: Exchange, error: unknown): void {
  if (exchange.answered || exchange.gone) return
  const message = `Internal error occurred: ${error instanceof Error ? error.message : 'unknown'}`
  exchange.reply(failure(500, { reason: 'InternalError', message, details: {} }))
}
