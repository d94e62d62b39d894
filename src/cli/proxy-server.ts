import { createServer, ServerResponse, type IncomingMessage, type Server } from 'node:http'
import { isIPv6, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'

import { isStreamingPath, type Clock } from '../doors/index.ts'
import { ProxyExchange, type UpstreamRequest } from './proxy-exchange.ts'
import { isServed, type FilterRules } from './proxy-filter.ts'
import { listen } from './proxy-listen.ts'
import { readTarget } from './proxy-target.ts'

/** What a {@link ProxyServer} needs. */
export interface ProxySettings {
  /** Address to listen on. */
  readonly address: string
  /** 0 for a free one. */
  readonly port: number
  /** Undefined to serve everything. */
  readonly rules: FilterRules | undefined
  readonly clock: Clock
  /** Sends a request upstream; `path` is path and query, as they came. */
  readonly send: (path: string, request: UpstreamRequest, exchange: ProxyExchange) => void
  /** Hears of each answer. */
  readonly answered: (answer: ProxyAnswer) => void
}

/** An answer of the proxy, for a log. */
export interface ProxyAnswer {
  readonly method: string
  readonly path: string
  readonly statusCode: number
  readonly durationMs: number
}

const serverOptions = {
  keepAliveTimeout: 60_000,
  requestTimeout: 0,
  // A browser sends along what every other program on this host has set; Go takes as much.
  maxHeaderSize: 2 ** 20,
  shouldUpgradeCallback: isUpgrade,
}

/** Takes requests on a local port and passes them on. */
export class ProxyServer {
  readonly #settings: ProxySettings
  readonly #server: Server
  readonly #open = new Set<ProxyExchange>()
  readonly #sockets = new Set<Socket>()
  #draining: (() => void) | undefined

  constructor(settings: ProxySettings) {
    this.#settings = settings
    this.#server = createServer(serverOptions)
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
    })
    this.#server.on('request', (request, response) => {
      this.#take(request, response, undefined)
    })
    this.#server.on('upgrade', (request: IncomingMessage, socket, head) => {
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
    this.#server.on('connect', (_request, socket) => {
      refuseSocket(socket, '405 Method Not Allowed')
    })
  }

  /**
   * Begins to listen.
   *
   * @returns Where: `127.0.0.1:8001`.
   * @throws {@link CommandError} When the port cannot be had.
   */
  async listen(): Promise<string> {
    const { address, port } = this.#settings
    const bound = await listen(this.#server, address, port)
    return `${isIPv6(bound.address) ? `[${bound.address}]` : bound.address}:${bound.port}`
  }

  /** Takes no new requests, ends watches, and waits until the rest is done; then cuts it. */
  async drain(patienceMs: number): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve())
    })
    await new Promise<void>((resolve) => {
      const timer = this.#settings.clock.after(patienceMs, resolve)
      this.#draining = () => {
        if (this.#open.size > 0) return
        timer.cancel()
        resolve()
      }
      for (const exchange of this.#open) exchange.finishSoon()
      this.#draining()
    })
    for (const exchange of this.#open) exchange.cut()
    // Those that were upgraded or refused are no connections of the server's any more.
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  #take(request: IncomingMessage, response: ServerResponse, upgradeHead: Buffer | undefined): void {
    const target = readTarget(request.url ?? '')
    if (target.kind === 'invalid') refuse(response, 400, 'Bad Request')
    else if (target.kind === 'redirect') {
      response.writeHead(301, { Location: target.location, 'Content-Length': 0 }).end()
    } else if (!this.#isServed(request, target.forms, target.host)) {
      refuse(response, 403, 'Forbidden')
    } else this.#pass(target.path, request, response, upgradeHead)
  }

  #isServed(request: IncomingMessage, paths: readonly string[], inTarget?: string): boolean {
    const { rules } = this.#settings
    if (rules === undefined) return true
    const { method = '', headersDistinct } = request
    const hosts = headersDistinct['host'] ?? []
    const [host = ''] = hosts
    const { origin, 'sec-fetch-site': header } = request.headers
    const site = typeof header === 'string' ? header : undefined
    return (
      hosts.length < 2 && isServed({ method, paths, host: inTarget ?? host, origin, site }, rules)
    )
  }

  #pass(
    path: string,
    request: IncomingMessage,
    response: ServerResponse,
    upgradeHead: Buffer | undefined,
  ): void {
    const { clock, send, answered } = this.#settings
    const startedAt = clock.now()
    const { method = 'GET' } = request
    if (this.#draining !== undefined) response.shouldKeepAlive = false
    const exchange = new ProxyExchange({
      request,
      response,
      upgradeHead,
      endless: isStreamingPath(path),
      clock,
    })
    this.#open.add(exchange)
    exchange.onceClosed(() => {
      this.#open.delete(exchange)
      answered({
        method,
        path,
        statusCode: exchange.statusCode,
        durationMs: clock.now() - startedAt,
      })
      this.#draining?.()
    })
    send(path, exchange.upstreamRequest(), exchange)
  }
}

function refuse(response: ServerResponse, statusCode: number, words: string): void {
  response
    .writeHead(statusCode, {
      'Content-Type': 'text/plain; charset=utf-8',
      'X-Content-Type-Options': 'nosniff',
    })
    .end(`${words}\n`)
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
