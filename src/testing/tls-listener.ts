import { ServerResponse as Http1Response, type IncomingMessage } from 'node:http'
import { createSecureServer, type Http2Session } from 'node:http2'
import { createServer } from 'node:https'
import type { Socket } from 'node:net'
import type { Server, TLSSocket } from 'node:tls'

import type { Connection, Connections } from './connections.ts'
import type { ServerRequest, ServerResponse } from './exchange.ts'
import type { UpgradeAttempt } from './serve-upgrade.ts'

/** Receives what comes in; `upgrade` is there for a request that asks for one. */
export type RequestListener = (
  request: ServerRequest,
  response: ServerResponse,
  connection: Connection,
  upgrade?: UpgradeAttempt,
) => void

/** How the server presents itself. */
export interface TlsListenerOptions {
  readonly http2: boolean
  readonly certificatePem: string
  readonly privateKeyPem: string
  /** Authorities that clients are told their certificate may come from. */
  readonly clientAuthorityPem: string
}

/**
 * Makes a server for HTTP/1.1, and for HTTP/2 where the client wants it, that asks every client for
 * a certificate and leaves it to the listener what to think of it, as kube-apiserver does.
 */
export function createTlsListener(
  options: TlsListenerOptions,
  connections: Connections,
  listener: RequestListener,
): Server {
  const server = createServerFor(options)
  server.on('connection', (socket: Socket) => connections.accept(socket))
  // Before the HTTP part hears of the socket and looks for requests in it.
  server.prependListener('secureConnection', (socket: TLSSocket) => connections.secure(socket))
  const sessions = new WeakMap<Http2Session, Connection>()
  server.on('session', (session: Http2Session) => {
    const connection = connections.of(session.socket)
    if (connection !== undefined) sessions.set(session, connection)
  })
  const connectionOf = (request: ServerRequest): Connection | undefined =>
    'stream' in request && request.stream.session !== undefined
      ? sessions.get(request.stream.session)
      : connections.of(request.socket)
  const answering = new WeakMap<object, ServerResponse>()
  const onRequest = (request: ServerRequest, response: ServerResponse): void => {
    const { socket } = request
    const connection = connectionOf(request)
    answering.set(socket, response)
    response.once('close', () => {
      if (answering.get(socket) === response) answering.delete(socket)
    })
    if (connection === undefined) request.destroy()
    else listener(request, response, connection)
  }
  server.on('request', onRequest)
  // Whether the body is wanted is known only after the head was looked at.
  server.on('checkContinue', onRequest)
  server.on('upgrade', (request: IncomingMessage, socket: TLSSocket, head: Buffer) => {
    const connection = connectionOf(request)
    if (connection === undefined) return void socket.destroy()
    socket.on('error', () => {})
    const take = (): void => {
      if (socket.destroyed) return
      const response = new Http1Response(request)
      response.shouldKeepAlive = false
      response.assignSocket(socket)
      response.once('finish', () => socket.end())
      listener(request, response, connection, { socket, head })
    }
    // A client may have all of an answer before the server knows that it is out.
    const before = answering.get(socket)
    if (before === undefined) take()
    else before.once('close', take)
  })
  return server
}

function createServerFor(options: TlsListenerOptions): Server {
  const tls = {
    cert: options.certificatePem,
    key: options.privateKeyPem,
    ca: options.clientAuthorityPem,
    requestCert: true,
    rejectUnauthorized: false,
  }
  // Go's limits: heads up to 1 MiB; idle connections stay, so that only a test closes them.
  const http1 = { maxHeaderSize: 1024 * 1024, keepAliveTimeout: 0, requestTimeout: 0 }
  if (!options.http2) return createServer({ ...tls, ...http1 })
  // Node counts what streams that were reset had still to send, for as long as their connection lives.
  const http2 = { allowHTTP1: true, maxSessionMemory: 1000 }
  const server = createSecureServer({ ...tls, ...http1, ...http2 })
  return Object.assign(server, { keepAliveTimeout: 0 })
}
