import type { Socket } from 'node:net'

import { Agent, buildConnector, type Dispatcher } from 'undici'

import type { Clock } from '../credential/clock.ts'
import { asError } from '../errors/kubecred-error.ts'
import type { Connections } from './generations.ts'
import { dialWithin, type Dial } from './dial.ts'
import type { TlsSettings } from './tls.ts'

/** How connections are made on undici. */
export interface AgentOptions {
  /** Opens the byte stream under each connection: a tunnel, a socket. Default: TCP. */
  readonly connect?: Dial | undefined
  /**
   * Speaks HTTP/2 where the server does; needs undici 8, since undici 7 loses requests whenever the
   * server closes a connection in good order. Default: false, which is also faster.
   */
  readonly http2?: boolean | undefined
  /** Connections for ordinary requests; more requests queue. Default: 256. */
  readonly connections?: number | undefined
  /** Longest time until a connection stands, TLS included. Default: 30 000 ms. */
  readonly connectTimeoutMs?: number | undefined
}

/** The connections of a generation, as an exchange uses them. */
export interface DispatchConnections extends Connections {
  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean
}

/** The two pools of a generation: one for requests, one for what stays open. */
export class AgentPair implements DispatchConnections {
  readonly #requests: Agent
  readonly #streams: Agent
  readonly #http2: boolean

  constructor(tls: TlsSettings, options: AgentOptions & { readonly clock: Clock }) {
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

  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    if (!isStreaming(options)) return this.#requests.dispatch(options, handler)
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
  { connect: dial, connectTimeoutMs = 30_000, clock }: AgentOptions & { readonly clock: Clock },
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
    const named = tls.servername === undefined ? target : { ...target, servername: tls.servername }
    if (dial === undefined) {
      connect(named, callback)
      return
    }
    const { hostname: host, port, protocol } = target
    const to = { host, port: Number(port === '' ? defaultPort(protocol) : port) }
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

/** Whether the response is expected to stay open: a watch, a followed log, an upgrade. */
export function isStreaming({ path, query, upgrade }: Dispatcher.DispatchOptions): boolean {
  if (upgrade) return true
  if (isTrue(query?.['watch']) || isTrue(query?.['follow'])) return true
  return path.includes('?') && /[?&](?:watch|follow)=(?:true|1)(?:&|$)/u.test(path)
}

function isTrue(value: unknown): boolean {
  return value === true || value === 'true' || value === 1 || value === '1'
}
