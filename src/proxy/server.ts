import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server as Listener, type Socket } from 'node:net'

import type { ReceivedGet } from '../http1/read-get.ts'
import { Roster } from '../transport/roster.ts'
import { isStreamingPath } from '../transport/streaming.ts'
import { Crowd, type ClientConnection, type CrowdCount, type CrowdSettings } from './crowd.ts'
import { decide, type ServingRules } from './decide.ts'
import type { ExchangeSettings } from './exchange-settings.ts'
import { ProxyExchange } from './exchange.ts'
import { FullServer, type FullServerListener } from './full-server.ts'
import { LeanConnection } from './lean-connection.ts'
import type { LeanResponse } from './lean-response.ts'
import { answerPlainly } from './plain-answer.ts'
import type { ProxiedRequest, RequestBody } from './proxied-request.ts'
import { answerOf, type ProxyAnswer, type ProxyRefusal } from './proxy-events.ts'
import { readRequestHead } from './request-head.ts'
import type { Upstream } from './upstream.ts'

/** What a {@link ProxyServer} needs. */
export interface ProxySettings extends ServingRules, Omit<ExchangeSettings, 'closed'> {
  /** Serves the static files, where there is a route to them. */
  readonly files?: ((request: IncomingMessage, response: ServerResponse) => void) | undefined
  /** What the requests of this moment go to. */
  readonly upstream: () => Upstream
  /** How many clients there is room for. Default: no limit. */
  readonly crowd?: CrowdSettings | undefined
  /** Hears of each request that is refused. */
  readonly refused?: ((refusal: ProxyRefusal) => void) | undefined
  /** Hears of each answer of the API's. */
  readonly answered?: ((answer: ProxyAnswer) => void) | undefined
}

// A client that has vanished is found out by the system.
const socketOptions = {
  allowHalfOpen: true,
  noDelay: true,
  keepAlive: true,
  keepAliveInitialDelay: 15_000,
}

// On a connection that looks idle a request may be on its way: it is answered, as the last one.
const lingerMs = 100

/** Takes requests from a local port, or a socket, and passes them on. */
export class ProxyServer {
  /** Takes connections as soon as it is made to listen. */
  readonly listener: Listener
  readonly #settings: ProxySettings
  readonly #exchanges: ExchangeSettings
  readonly #open = new Roster<ProxyExchange>()
  readonly #lean = new Set<LeanConnection>()
  /** Has the connections that need more than a {@link LeanConnection}. */
  readonly #full: FullServer
  readonly #crowd: Crowd
  /** Connections that came when there was no room. */
  readonly #atTheDoor = new WeakSet<Socket>()
  /** Responses that are under way, those of the API not among them. */
  #others = 0
  /** Watches, follows and upgrades among the exchanges. */
  #streams = 0
  #draining: (() => void) | undefined

  constructor(settings: ProxySettings) {
    this.#settings = settings
    this.#exchanges = {
      ...settings,
      closed: (exchange) => {
        this.#closed(exchange)
      },
    }
    this.listener = createServer(socketOptions, (socket) => this.#connected(socket))
    this.#crowd = new Crowd(settings.crowd)
    this.#crowd.limit(this.listener, 0)
    this.listener.on('drop', () => settings.crowd?.turnedAway())
    const listener: FullServerListener = {
      requested: (...request) => this.#take(...request),
      closed: (socket) => this.#socketClosed(socket),
    }
    this.#full = new FullServer(listener, settings.clock)
  }

  /** Requests that are under way. */
  get busy(): number {
    return this.#open.size + this.#others
  }

  /** Takes no new requests, ends watches, and waits until the rest is done; then cuts it. */
  async drain(patienceMs: number): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.listener.close(() => resolve())
    })
    await new Promise<void>((resolve) => {
      const { clock } = this.#settings
      const timer = clock.after(patienceMs, resolve)
      let lingers = patienceMs > 0 && this.#count.connections > 0
      this.#draining = () => {
        if (lingers || this.busy > 0) return
        timer.cancel()
        resolve()
      }
      const endIdle = (): void => {
        lingers = false
        for (const connection of this.#lean) connection.endIfIdle()
        this.#full.endIdle()
        this.#draining?.()
      }
      for (const exchange of this.#open.snapshot()) exchange.finishSoon()
      for (const connection of this.#lean) connection.endSoon()
      if (lingers) clock.after(lingerMs, endIdle).hold()
      else endIdle()
    })
    for (const exchange of this.#open.snapshot()) exchange.cut()
    for (const connection of this.#lean) connection.destroy()
    this.#full.destroy()
    await closed
  }

  get #count(): CrowdCount {
    return { connections: this.#lean.size + this.#full.size, streams: this.#streams }
  }

  #connected(socket: Socket): void {
    const connection = new LeanConnection(socket, {
      clock: this.#settings.clock,
      exchangeFor: (request, response) => this.#leanExchange(socket, request, response),
      handOver: (first) => this.#full.take(socket, first),
      gone: () => this.#lean.delete(connection),
    })
    this.#lean.add(connection)
    const all = (): ClientConnection[] => [...this.#lean, ...this.#full.connections()]
    const now = this.#settings.clock.monotonic()
    if (!this.#crowd.joined(this.#count, all, now)) this.#atTheDoor.add(socket)
  }

  #isTurnedAway(socket: Socket): boolean {
    return this.#crowd.isOver(this.#count) && this.#atTheDoor.has(socket)
  }

  /** Undefined for what is not passed on, and for what stays open. */
  #leanExchange(
    socket: Socket,
    { url, rawHeaders }: ReceivedGet,
    response: LeanResponse,
  ): ProxyExchange | undefined {
    if (this.#isTurnedAway(socket)) return undefined
    if (this.#crowd.isTight(this.#count)) response.shouldKeepAlive = false
    const method = 'GET'
    const head = readRequestHead(rawHeaders, socket.remoteAddress)
    const decision = decide(method, url, head, this.#settings)
    // One that names no host is refused elsewhere.
    if (decision.kind !== 'pass' || head.hosts.length !== 1) return undefined
    if (isStreamingPath(decision.path)) return undefined
    const { path } = decision
    const rest = { body: undefined, upgrade: undefined, endless: false }
    return this.#exchangeFor({ method, head, path, socket, response, ...rest })
  }

  #take(request: IncomingMessage, response: ServerResponse, upgradeHead: Buffer | undefined): void {
    const isTight = this.#crowd.isTight(this.#count)
    if (isTight || this.#draining !== undefined) response.shouldKeepAlive = false
    const { method = '', url = '', rawHeaders, socket } = request
    if (this.#isTurnedAway(socket)) {
      const told = this.#crowd.turnAway(response)
      this.#settings.refused?.({ method, url, ...told })
      return
    }
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
        const exchange = this.#exchangeFor({
          method,
          head,
          path: decision.path,
          endless: isStreamingPath(decision.path),
          body: head.hasBody ? bodyOf(request) : undefined,
          socket,
          response,
          upgrade: upgradeHead && {
            protocol: head.upgrade,
            head: upgradeHead,
            detach: () => response.detachSocket(socket),
          },
        })
        response.on('close', () => exchange.clientClosed())
        exchange.start()
      }
    }
  }

  #exchangeFor(client: ProxiedRequest): ProxyExchange {
    const exchange = new ProxyExchange(client, this.#settings.upstream(), this.#exchanges)
    this.#open.add(exchange)
    if (exchange.staysOpen) {
      this.#streams++
      this.#crowd.limit(this.listener, this.#streams)
    }
    return exchange
  }

  #socketClosed(socket: Socket): void {
    // Not every version of Node tells a response that still waits for its turn on the connection.
    for (const exchange of this.#open.snapshot()) {
      if (exchange.client.socket === socket) exchange.clientClosed()
    }
  }

  #closed(exchange: ProxyExchange): void {
    const { answered, clock } = this.#settings
    this.#open.remove(exchange)
    if (exchange.staysOpen) {
      this.#streams--
      this.#crowd.limit(this.listener, this.#streams)
    }
    exchange.upstream.ended()
    answered?.(answerOf(exchange, clock.now()))
    this.#draining?.()
  }
}

function bodyOf(request: IncomingMessage): RequestBody {
  return {
    get complete() {
      return request.complete
    },
    // Not the stream itself: whoever gives it up would take the client's connection with it.
    chunks: () => request.iterator({ destroyOnReturn: false }),
  }
}
