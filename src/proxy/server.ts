import { createServer, ServerResponse, type IncomingMessage, type Server } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

import { Roster } from '../transport/roster.ts'
import { isStreamingPath } from '../transport/streaming.ts'
import { decide, type ServingRules } from './decide.ts'
import { ProxyExchange, type ExchangeSettings } from './exchange.ts'
import { answerPlainly } from './plain-answer.ts'
import type { ProxiedRequest } from './proxied-request.ts'
import { readRequestHead } from './request-head.ts'
import type { Upstream } from './upstream.ts'

/** What a {@link ProxyServer} needs. */
export interface ProxySettings extends ServingRules, Omit<ExchangeSettings, 'closed'> {
  /** Serves the static files, where there is a route to them. */
  readonly files?: ((request: IncomingMessage, response: ServerResponse) => void) | undefined
  /** What the requests of this moment go to. */
  readonly upstream: () => Upstream
  /** Hears of each request that is refused. */
  readonly refused?: ((refusal: ProxyRefusal) => void) | undefined
  /** Hears of each answer of the API's. */
  readonly answered?: ((answer: ProxyAnswer) => void) | undefined
}

/** A request that the proxy did not pass on, for a log. */
export interface ProxyRefusal {
  readonly method: string
  /** What stands in the request line. */
  readonly url: string
  readonly statusCode: number
  /** What the client is told. */
  readonly words: string
}

/** An answer of the proxy, for a log. */
export interface ProxyAnswer {
  readonly method: string
  /** Path and query, as the server was asked. */
  readonly path: string
  readonly statusCode: number
  readonly durationMs: number
}

const serverOptions = {
  // A client that keeps a connection may use it whenever it likes, as with kubectl; one that has
  // vanished is found out by the system.
  keepAliveTimeout: 0,
  keepAlive: true,
  keepAliveInitialDelay: 15_000,
  noDelay: true,
  requestTimeout: 0,
  // A browser sends along what every other program on this host has set; Go takes as much.
  maxHeaderSize: 2 ** 20,
  shouldUpgradeCallback: isUpgrade,
}

/** Takes requests from a local port, or a socket, and passes them on. */
export class ProxyServer {
  /** Takes connections as soon as it is made to listen. */
  readonly http: Server
  readonly #settings: ProxySettings
  readonly #exchanges: ExchangeSettings
  readonly #open = new Roster<ProxyExchange>()
  /** Each connection, with the responses that are under way on it. */
  readonly #sockets = new Map<Socket, number>()
  /** Responses that are under way, those of the API not among them. */
  #others = 0
  #draining: (() => void) | undefined

  constructor(settings: ProxySettings) {
    this.#settings = settings
    this.#exchanges = {
      ...settings,
      closed: (exchange) => {
        this.#closed(exchange)
      },
    }
    this.http = createServer(serverOptions)
    // What is over a limit some versions of Node leave out of the headers, and serve the rest.
    this.http.maxHeadersCount = 0
    this.http.on('connection', (socket) => {
      this.#sockets.set(socket, 0)
      socket.once('close', () => this.#socketClosed(socket))
    })
    this.http.on('request', (request, response) => {
      this.#count(request.socket, response)
      this.#take(request, response, undefined)
    })
    this.http.on('upgrade', (request: IncomingMessage, socket, head) => {
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
      response.shouldKeepAlive = false
      response.assignSocket(request.socket)
      response.once('finish', () => request.socket.destroySoon())
      socket.on('error', () => socket.destroy())
      this.#take(request, response, head)
    })
    this.http.on('connect', (request: IncomingMessage, socket) => {
      if (this.#isAnswering(request.socket)) socket.destroy()
      else refuseSocket(socket, '405 Method Not Allowed')
    })
  }

  /** Requests that are under way. */
  get busy(): number {
    return this.#open.size + this.#others
  }

  /** Takes no new requests, ends watches, and waits until the rest is done; then cuts it. */
  async drain(patienceMs: number): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.http.close(() => resolve())
    })
    await new Promise<void>((resolve) => {
      const timer = this.#settings.clock.after(patienceMs, resolve)
      this.#draining = () => {
        if (this.busy > 0) return
        timer.cancel()
        resolve()
      }
      for (const exchange of this.#open.snapshot()) exchange.finishSoon()
      this.#draining()
    })
    for (const exchange of this.#open.snapshot()) exchange.cut()
    // Those that were upgraded or refused are no connections of the server's any more.
    for (const socket of this.#sockets.keys()) socket.destroy()
    await closed
  }

  #take(request: IncomingMessage, response: ServerResponse, upgradeHead: Buffer | undefined): void {
    if (this.#draining !== undefined) response.shouldKeepAlive = false
    const { method = '', url = '', rawHeaders, socket } = request
    const head = readRequestHead(rawHeaders, socket.remoteAddress)
    const decision = decide(method, url, head, this.#settings)
    switch (decision.kind) {
      case 'refuse': {
        const { statusCode, words } = decision
        this.#settings.refused?.({ method, url, statusCode, words })
        answerPlainly(response, statusCode, words)
        break
      }
      case 'redirect':
        response.writeHead(301, { Location: decision.location, 'Content-Length': 0 }).end()
        break
      case 'files':
        this.#others++
        response.once('close', () => {
          this.#others--
          this.#draining?.()
        })
        this.#settings.files?.(request, response)
        break
      case 'pass': {
        const { path } = decision
        const endless = isStreamingPath(path)
        this.#pass({ request, response, head, path, upgradeHead, endless })
      }
    }
  }

  #pass(client: ProxiedRequest): void {
    const exchange = new ProxyExchange(client, this.#settings.upstream(), this.#exchanges)
    this.#open.add(exchange)
    exchange.start()
  }

  #count(socket: Socket, response: ServerResponse): void {
    this.#sockets.set(socket, (this.#sockets.get(socket) ?? 0) + 1)
    response.once('close', () => {
      const count = this.#sockets.get(socket)
      if (count !== undefined) this.#sockets.set(socket, count - 1)
    })
  }

  /** Whoever asks for another protocol before an answer has come mixes both up. */
  #isAnswering(socket: Socket): boolean {
    return (this.#sockets.get(socket) ?? 0) > 0
  }

  #socketClosed(socket: Socket): void {
    this.#sockets.delete(socket)
    // Not every version of Node tells a response that still waits for its turn on the connection.
    for (const exchange of this.#open.snapshot()) {
      if (exchange.client.request.socket === socket) exchange.clientClosed()
    }
  }

  #closed(exchange: ProxyExchange): void {
    const { answered, clock } = this.#settings
    this.#open.remove(exchange)
    exchange.upstream.ended()
    answered?.(answerOf(exchange, clock.now()))
    this.#draining?.()
  }
}

function answerOf({ client, statusCode, startedAt }: ProxyExchange, now: number): ProxyAnswer {
  const { request, path } = client
  return { method: request.method ?? '', path, statusCode, durationMs: now - startedAt }
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
