import type { Socket } from 'node:net'

import { Agent, buildConnector, type Dispatcher } from 'undici'

import { asError } from '../errors/kubecred-error.ts'
import type { Connections } from './generations.ts'
import { dialWithin } from './dial.ts'
import { isValueBody } from './replay-body.ts'
import type { StackSettings } from './stack-options.ts'
import { serverNameOf, type TlsSettings } from './tls.ts'

/** How connections are made on undici. */
export interface AgentOptions {
  /**
   * Speaks HTTP/2 where the server does; needs undici 8, since undici 7 loses requests whenever the
   * server closes a connection in good order. Default: false, which is also faster.
   */
  readonly http2?: boolean | undefined
  /** Connections for ordinary requests; more requests queue. Default: 256. */
  readonly connections?: number | undefined
}

/** What the pools need beside {@link AgentOptions}. */
export type AgentSettings = AgentOptions &
  Pick<StackSettings, 'connect' | 'connectTimeoutMs' | 'clock'>

// Go's clients take far more; undici's own limit is 16 KiB.
const largestHead = 2 ** 20

// Shorter than the API server's own patience with an idle connection.
const idleMs = 60_000

/** The connections of a generation, as an exchange uses them. */
export interface DispatchConnections extends Connections {
  /** @param streaming Whether the response is expected to stay open. */
  dispatch(
    options: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler,
    streaming: boolean,
  ): boolean
}

/** The pools of a generation: for requests, for uploads, for what stays open. */
export class AgentPools implements DispatchConnections {
  readonly #requests: Agent
  readonly #uploads: Agent
  readonly #streams: Agent
  readonly #http2: boolean
  readonly #closing = new AbortController()

  constructor(tls: TlsSettings, options: AgentSettings) {
    this.#http2 = options.http2 ?? false
    const { connections = 256 } = options
    const over = (allowH2: boolean) => ({
      connect: connector(tls, options, allowH2, this.#closing.signal),
      allowH2,
      maxHeaderSize: largestHead,
    })
    this.#requests = new Agent({ ...over(this.#http2), connections, keepAliveTimeout: idleMs })
    // Over HTTP/2 undici ends a stream whose body fails as if the body were whole.
    this.#uploads = this.#http2
      ? new Agent({ ...over(false), connections, keepAliveTimeout: idleMs })
      : this.#requests
    // A watch may be quiet for hours, and an upgrade is not possible over HTTP/2.
    this.#streams = new Agent({ ...over(false), bodyTimeout: 0 })
  }

  dispatch(
    options: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler,
    streaming: boolean,
  ): boolean {
    if (!streaming) {
      const agent = isValueBody(options.body) ? this.#requests : this.#uploads
      return agent.dispatch(options, handler)
    }
    if (options.upgrade || !this.#http2) return this.#streams.dispatch(options, handler)
    return this.#requests.dispatch({ ...options, bodyTimeout: 0 }, handler)
  }

  async close(): Promise<void> {
    await Promise.all([...this.#agents].map((agent) => agent.close()))
  }

  async destroy(error: Error): Promise<void> {
    this.#closing.abort(error)
    await Promise.all([...this.#agents].map((agent) => agent.destroy(error)))
  }

  forwardEvents(to: Dispatcher): void {
    for (const agent of this.#agents) {
      agent.on('drain', (...args) => to.emit('drain', ...args))
      agent.on('connect', (...args) => to.emit('connect', ...args))
      agent.on('disconnect', (...args) => to.emit('disconnect', ...args))
      agent.on('connectionError', (...args) => to.emit('connectionError', ...args))
    }
  }

  get #agents(): Set<Agent> {
    return new Set([this.#requests, this.#uploads, this.#streams])
  }
}

function connector(
  tls: TlsSettings,
  { connect: dial, connectTimeoutMs, clock }: AgentSettings,
  allowH2: boolean,
  closing: AbortSignal,
): buildConnector.connector {
  // One connector for each pool, so that TLS sessions are resumed within one identity only.
  const connect = buildConnector({
    secureContext: tls.secureContext,
    rejectUnauthorized: tls.rejectUnauthorized,
    timeout: connectTimeoutMs,
    allowH2,
  })
  return (target, callback) => {
    const { hostname, port, protocol } = target
    // Always ours: undici would verify the name that a caller's Host header gives.
    const named = { ...target, servername: tls.servername ?? serverNameOf(hostname) }
    if (dial === undefined) {
      connect(named, callback)
      return
    }
    const to = { host: hostname, port: Number(port === '' ? defaultPort(protocol) : port) }
    dialWithin(dial, to, { timeoutMs: connectTimeoutMs, clock, closing }).then(
      (stream) => {
        // undici's types ask for a Socket; what it uses of it any Duplex has.
        const socket = stream as Socket
        if (protocol === 'https:') connect({ ...named, httpSocket: socket }, callback)
        else callback(null, socket)
      },
      (error: unknown) => {
        callback(asError(error), null)
      },
    )
  }
}

function defaultPort(protocol: string): number {
  return protocol === 'https:' ? 443 : 80
}
