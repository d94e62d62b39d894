import type { Socket } from 'node:net'

import { Client, errors, Pool, type Agent, type Dispatcher } from 'undici'

import type { Connections } from './generation.ts'
import type { BoundDial } from './dial.ts'
import type { Http2Probes } from './http2-probes.ts'
import { idleMs } from './keep-alive.ts'
import type { Forward, Passage } from './passage.ts'
import { hasRepeatedHeader } from './repeated-header.ts'
import { isValueBody } from './replay-body.ts'
import type { StackSettings } from './stack-options.ts'
import type { TlsSettings } from './tls.ts'
import { connector } from './undici-connector.ts'
import { isPlainGet, openGets, type GetClients, type GetConnections } from './undici-gets.ts'
import { Http2Pool } from './undici-http2-pool.ts'
import { ConnectionPool, type SingleClient } from './undici-pool.ts'
import { streamAgent, telling } from './undici-stream-client.ts'
import type { PatientHandler } from './undici-waiting-request.ts'

/** How connections are made on undici. */
export interface AgentOptions {
  /**
   * Speaks HTTP/2 where the server does; needs undici 8, since undici 7 loses requests whenever the
   * server closes a connection in good order. Default: false, which is also faster. Off as well where
   * the environment has `DISABLE_HTTP2`, as in client-go.
   */
  readonly http2?: boolean | undefined
  /**
   * Most connections for ordinary requests; 16 are opened as needed, more when those fall behind. A
   * request waits for one as long as it would for a new one, then it fails with `ERR_TIMEOUT`.
   * Default: 256.
   */
  readonly connections?: number | undefined
}

/** What the pools need. */
export interface AgentSettings extends Pick<StackSettings, 'connectTimeoutMs' | 'clock'> {
  /** Whether undici speaks HTTP/2. */
  readonly http2: boolean
  /** How connections that speak HTTP/2 are probed. */
  readonly probes: Http2Probes
  /** See {@link AgentOptions}. */
  readonly connections: number
  readonly passage: Passage
  /** Undefined where undici's own clients serve GET requests like all others. */
  readonly gets: GetClients | undefined
}

// Go's clients take far more; undici's own limit is 16 KiB.
const largestHead = 2 ** 20

/** The connections of a generation, as an exchange uses them. */
export interface DispatchConnections extends Connections {
  /** @param streaming Whether the response is expected to stay open. */
  dispatch(
    options: Dispatcher.DispatchOptions,
    handler: PatientHandler,
    streaming: boolean,
  ): boolean
}

/** The pools of a generation: for requests, for uploads, for what stays open. */
export class AgentPools implements DispatchConnections {
  /** Ordinary requests over HTTP/2; undefined when HTTP/1.1 is spoken. */
  readonly #http2: Http2Pool | undefined
  readonly #http1: ConnectionPool
  /** What only asks; undefined where undici's clients serve that, too. */
  readonly #gets: GetConnections | undefined
  readonly #streams: Agent
  readonly #upgrades: Agent
  readonly #forward: Forward | undefined
  readonly #closing = new AbortController()
  // undici lets go of a connection at a GOAWAY, and does not close it unless the server does.
  readonly #http2Sockets = new Set<Socket>()

  /** @param events Gets the events of the connections, as those of an undici `Agent`. */
  constructor(origin: string, tls: TlsSettings, options: AgentSettings, events: Dispatcher) {
    const { http2, probes, connections, connectTimeoutMs, clock, passage } = options
    const { dial, dialForUpgrade, forward } = passage
    this.#forward = forward
    const over = (allowH2: boolean, allowHalfOpen = false, dialled = dial) => ({
      connect: connector(
        tls,
        { timeout: connectTimeoutMs, allowH2, allowHalfOpen },
        { clock, http2Sockets: this.#http2Sockets },
        dialled && ((to) => dialled(to, this.#closing.signal)),
      ),
      allowH2,
      maxHeaderSize: largestHead,
    })
    const ofOne = { ...over(false), keepAliveTimeout: idleMs }
    const pool = (open: () => SingleClient): ConnectionPool =>
      new ConnectionPool({ open, connections, patienceMs: connectTimeoutMs, clock })
    this.#http1 = pool(() => withEvents(new Client(origin, ofOne), events))
    if (options.gets !== undefined && forward === undefined) {
      this.#gets = openGets(options.gets, {
        origin,
        idleMs,
        largestHead,
        clock,
        connections,
        probes,
        patienceMs: connectTimeoutMs,
        connect: ofOne.connect,
        offerHttp2: over(true).connect,
      })
    }
    if (http2) {
      const h2Options = { pingInterval: probes.readIdleMs }
      const ofMany = { ...over(true), connections, keepAliveTimeout: idleMs, h2Options }
      this.#http2 = new Http2Pool({
        open: (factory) => withEvents(new Pool(origin, { ...ofMany, factory }), events),
        connect: ofMany.connect,
        probes,
        clock,
      })
    }
    // A watch may be quiet for hours, and an upgrade is not possible over HTTP/2.
    // Upgraded, a server that has said all it had to may still listen.
    const ofStreams = (dialled: BoundDial | undefined) =>
      withEvents(streamAgent({ ...over(false, true, dialled), bodyTimeout: 0 }), events)
    this.#streams = ofStreams(dial)
    this.#upgrades = forward === undefined ? this.#streams : ofStreams(dialForUpgrade)
  }

  dispatch(
    given: Dispatcher.DispatchOptions,
    handler: PatientHandler,
    streaming: boolean,
  ): boolean {
    if (given.upgrade) return this.#upgrades.dispatch(given, handler)
    const options = this.#forward === undefined ? given : addressed(given, this.#forward)
    if (this.#gets !== undefined && !streaming && isPlainGet(options)) {
      return this.#gets.dispatch(options, handler)
    }
    const http2 = this.#http2 === undefined || onlyOverHttp1(options) ? undefined : this.#http2
    if (streaming) {
      if (http2 !== undefined) return http2.dispatch({ ...options, bodyTimeout: 0 }, handler)
      return this.#streams.dispatch(telling(options, handler), handler)
    }
    return (http2 ?? this.#http1).dispatch(options, handler)
  }

  retire(): void {
    // The other pools have few that are idle, and not for long.
    this.#http1.retire()
    this.#gets?.retire()
    this.#http2?.retire()
  }

  async close(): Promise<void> {
    await Promise.all(this.#all().map((pool) => pool.close()))
    for (const socket of this.#http2Sockets) socket.destroy()
  }

  async destroy(error: Error): Promise<void> {
    this.#closing.abort(error)
    const destroyed = Promise.all(this.#all().map((pool) => pool.destroy(error)))
    for (const socket of this.#http2Sockets) socket.destroy(error)
    await destroyed
  }

  /** Each pool once: two of them may be the same. */
  #all(): readonly Pick<Connections, 'close' | 'destroy'>[] {
    const all = [this.#http1, this.#gets, this.#http2, this.#streams, this.#upgrades]
    return [...new Set(all.filter((pool) => pool !== undefined))]
  }
}

// Over HTTP/2 undici ends a stream whose body fails as if the body were whole.
function onlyOverHttp1({ body, headers }: Dispatcher.DispatchOptions): boolean {
  return !isValueBody(body) || hasRepeatedHeader(headers)
}

function withEvents<D extends Dispatcher>(from: D, to: Dispatcher): D {
  from.on('drain', (...args) => to.emit('drain', ...args))
  from.on('connect', (...args) => to.emit('connect', ...args))
  from.on('disconnect', (...args) => to.emit('disconnect', ...args))
  from.on('connectionError', (...args) => to.emit('connectionError', ...args))
  return from
}

/** The request as a proxy that forwards it has to see it. */
function addressed(
  options: Dispatcher.DispatchOptions,
  { origin, headers }: Forward,
): Dispatcher.DispatchOptions {
  // Right after the origin, anything else might make another host of it.
  if (!options.path.startsWith('/')) {
    throw new errors.InvalidArgumentError('path must start with a slash')
  }
  // An exchange gives them as names and values in turn.
  const given = options.headers as readonly string[]
  return { ...options, path: `${origin}${options.path}`, headers: [...given, ...headers] }
}
