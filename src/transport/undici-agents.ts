import type { Socket } from 'node:net'

import { Agent, buildConnector, type Dispatcher } from 'undici'

import { asError } from '../errors/kubecred-error.ts'
import type { Connections } from './generations.ts'
import { dialWithin } from './dial.ts'
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

/** The connections of a generation, as an exchange uses them. */
export interface DispatchConnections extends Connections {
  /** @param streaming Whether the response is expected to stay open. */
  dispatch(
    options: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler,
    streaming: boolean,
  ): boolean
}

/** The two pools of a generation: one for requests, one for what stays open. */
export class AgentPair implements DispatchConnections {
  readonly #requests: Agent
  readonly #streams: Agent
  readonly #http2: boolean

  constructor(tls: TlsSettings, options: AgentSettings) {
    this.#http2 = options.http2 ?? false
    this.#requests = new Agent({
      connect: connector(tls, options, this.#http2),
      connections: options.connections ?? 256,
      keepAliveTimeout: 60_000,
      allowH2: this.#http2,
    })
    // A watch may be quiet for hours, and an upgrade is not possible over HTTP/2.
    this.#streams = new Agent({
      connect: connector(tls, options, false),
      bodyTimeout: 0,
      allowH2: false,
    })
  }

  dispatch(
    options: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler,
    streaming: boolean,
  ): boolean {
    if (!streaming) return this.#requests.dispatch(options, handler)
    if (options.upgrade || !this.#http2) return this.#streams.dispatch(options, handler)
    return this.#requests.dispatch({ ...options, bodyTimeout: 0 }, handler)
  }

  async close(): Promise<void> {
    await Promise.all([this.#requests.close(), this.#streams.close()])
  }

  async destroy(error: Error): Promise<void> {
    await Promise.all([this.#requests.destroy(error), this.#streams.destroy(error)])
  }

  forwardEvents(to: Dispatcher): void {
    for (const agent of [this.#requests, this.#streams]) {
      agent.on('drain', (...args) => to.emit('drain', ...args))
      agent.on('connect', (...args) => to.emit('connect', ...args))
      agent.on('disconnect', (...args) => to.emit('disconnect', ...args))
      agent.on('connectionError', (...args) => to.emit('connectionError', ...args))
    }
  }
}

function connector(
  tls: TlsSettings,
  { connect: dial, connectTimeoutMs, clock }: AgentSettings,
  allowH2: boolean,
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
    dialWithin(dial, to, connectTimeoutMs, clock).then(
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
