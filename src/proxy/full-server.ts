import { createServer, ServerResponse, type IncomingMessage, type Server } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

import type { Clock } from '../credential/clock.ts'
import { closeBehindUpload } from './close-behind-upload.ts'
import type { ClientConnection } from './crowd.ts'

/** What a {@link FullServer} tells of. */
export interface FullServerListener {
  /** @param upgradeHead What came after the head of an upgrade; undefined for any other request. */
  requested(
    request: IncomingMessage,
    response: ServerResponse,
    upgradeHead: Buffer | undefined,
  ): void
  closed(socket: Socket): void
}

const serverOptions = {
  // A client that keeps a connection may use it whenever it likes, as with kubectl; one that has
  // vanished is found out by the system.
  keepAliveTimeout: 0,
  requestTimeout: 0,
  // A browser sends along what every other program on this host has set; Go takes as much.
  maxHeaderSize: 2 ** 20,
  shouldUpgradeCallback: isUpgrade,
}

/** Node's HTTP server on connections that somebody else has accepted. */
export class FullServer {
  readonly #http: Server
  readonly #listener: FullServerListener
  readonly #clock: Clock
  /** Those that have had their last answer, while the request is still coming. */
  readonly #closing = new WeakSet<Socket>()
  readonly #sockets = new Map<Socket, FullConnection>()

  constructor(listener: FullServerListener, clock: Clock) {
    this.#listener = listener
    this.#clock = clock
    this.#http = createServer(serverOptions)
    // What is over a limit some versions of Node leave out of the headers, and serve the rest.
    this.#http.maxHeadersCount = 0
    this.#http.on('request', (request, response) => {
      // Nothing that follows the upload is answered any more.
      if (this.#closing.has(request.socket)) return
      // Before Node's own, which closes at once.
      response.prependOnceListener('finish', () => {
        if (!response.shouldKeepAlive && !request.complete) this.#closeBehind(request)
      })
      this.#count(request.socket, response)
      listener.requested(request, response, undefined)
    })
    this.#http.on('upgrade', (request: IncomingMessage, socket, head) => {
      this.#upgrade(request, socket, head)
    })
    this.#http.on('connect', (request: IncomingMessage, socket) => {
      if (this.#isAnswering(request.socket)) socket.destroy()
      else refuseSocket(socket, '405 Method Not Allowed')
    })
  }

  /** Connections that it has. */
  get size(): number {
    return this.#sockets.size
  }

  /** What it has. */
  connections(): Iterable<ClientConnection> {
    return this.#sockets.values()
  }

  /** Takes a connection on which these bytes have come, and been read, already. */
  take(socket: Socket, first: Buffer): void {
    this.#sockets.set(socket, new FullConnection(socket, this.#clock))
    socket.once('close', () => {
      this.#sockets.delete(socket)
      this.#listener.closed(socket)
    })
    socket.unshift(first)
    this.#http.emit('connection', socket)
  }

  /** Ends the connections on which nothing is under way. */
  endIdle(): void {
    for (const [socket, { answering }] of this.#sockets) {
      if (answering === 0) socket.destroySoon()
    }
  }

  /** Cuts all of them, those that were upgraded or refused included. */
  destroy(): void {
    for (const socket of this.#sockets.keys()) socket.destroy()
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (this.#isAnswering(request.socket)) {
      socket.destroy()
      return
    }
    if (!isUpgrade(request)) {
      // A Node that cannot be told to take it for an ordinary request.
      refuseSocket(socket, '400 Bad Request')
      return
    }
    // An answer other than a switch of protocols is a response like any other.
    const response = new ServerResponse(request)
    this.#count(request.socket, response)
    response.shouldKeepAlive = false
    response.assignSocket(request.socket)
    response.once('finish', () => request.socket.destroySoon())
    socket.on('error', () => socket.destroy())
    this.#listener.requested(request, response, head)
  }

  #count(socket: Socket, response: ServerResponse): void {
    const connection = this.#sockets.get(socket)
    connection?.begun()
    response.once('close', () => connection?.answered())
  }

  #closeBehind(request: IncomingMessage): void {
    const { socket } = request
    this.#closing.add(socket)
    // Node is about to call it; what it does otherwise is done by the second call.
    socket.destroySoon = () => {
      Reflect.deleteProperty(socket, 'destroySoon')
      closeBehindUpload(socket, request, this.#clock)
    }
  }

  /** Whoever asks for another protocol before an answer has come mixes both up. */
  #isAnswering(socket: Socket): boolean {
    return (this.#sockets.get(socket)?.answering ?? 0) > 0 || this.#closing.has(socket)
  }
}

class FullConnection implements ClientConnection {
  /** Responses that are under way. */
  answering = 0
  used = false
  readonly #socket: Socket
  readonly #clock: Clock
  /** Holds only between requests. */
  #quietSince: number

  constructor(socket: Socket, clock: Clock) {
    this.#socket = socket
    this.#clock = clock
    this.#quietSince = clock.monotonic()
  }

  get quietSince(): number | undefined {
    return this.answering === 0 && !this.#socket.destroyed ? this.#quietSince : undefined
  }

  begun(): void {
    this.answering++
  }

  answered(): void {
    this.answering--
    this.used = true
    this.#quietSince = this.#clock.monotonic()
  }

  destroy(): void {
    this.#socket.destroy()
  }
}

/**
 * Whether a request is to switch protocols. One for HTTP/2 in clear text may be answered as if it
 * had not asked, and one with a body has to be: the body would be lost.
 */
function isUpgrade({ headers }: IncomingMessage): boolean {
  const { 'transfer-encoding': encoding, 'content-length': length, upgrade } = headers
  const hasBody = encoding !== undefined || Number(length) > 0
  return !hasBody && upgrade?.toLowerCase() !== 'h2c'
}

function refuseSocket(socket: Duplex, status: string): void {
  socket.on('error', () => socket.destroy())
  socket.end(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`, () => {
    socket.destroy()
  })
}
