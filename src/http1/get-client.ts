import { EventEmitter } from 'node:events'

import type { buildConnector, Dispatcher } from 'undici'

import { asError } from '../errors/kubecred-error.ts'
import { GetConnection, type ConnectionLimits, type ConnectionOwner } from './get-connection.ts'
import type { ExchangeConnection, GetExchange } from './get-exchange.ts'
import { headText } from './head-text.ts'
import { WrittenGet } from './written-get.ts'

/** How a {@link GetClient} connects. */
export interface GetClientOptions extends ConnectionLimits {
  readonly origin: string
  /** undici's, or one that keeps to its ways. */
  readonly connect: buildConnector.connector
}

interface ClientEvents {
  connect: []
  disconnect: []
  connectionError: [Error]
  /** It takes the next request. */
  drain: []
}

/**
 * A client of one connection for GET requests without a body, one at a time: undici's `Client` in
 * small, for half of its processor time. It speaks to the same handlers, and tells of its connection
 * by the same events. It connects at its first request, and again when the connection has gone.
 */
export class GetClient
  extends EventEmitter<ClientEvents>
  implements ExchangeConnection, ConnectionOwner
{
  readonly #options: GetClientOptions
  readonly #target: buildConnector.Options
  #connection: GetConnection | undefined
  /** Waits for the connection that is being made. */
  #waiting: WrittenGet | undefined
  #closing = false
  #destroyed = false
  readonly #closed = Promise.withResolvers<void>()

  constructor(options: GetClientOptions) {
    super()
    const { host, hostname, protocol, port } = new URL(options.origin)
    this.#options = options
    this.#target = { host, hostname, protocol, port }
  }

  get destroyed(): boolean {
    return this.#destroyed
  }

  /** `size` is 1 while it has a request or is not ready for the next, otherwise 0. */
  get stats(): { readonly size: number } {
    return { size: this.#isBusy ? 1 : 0 }
  }

  /**
   * Sends a request; only when the last one is done.
   *
   * @throws `InvalidArgumentError` of undici, and what the handler throws.
   */
  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): true {
    const exchange = new WrittenGet(headText(this.#target.host ?? '', options), handler, this)
    if (this.#connection === undefined) {
      this.#waiting = exchange
      this.#connect()
    } else {
      this.#connection.send(exchange)
    }
    return true
  }

  /** Closes the connection when its request is done. */
  async close(): Promise<void> {
    this.#closing = true
    this.#connection?.retire()
    this.#endIfDone()
    await this.#closed.promise
  }

  /** Closes it now; a request under way ends with `error`. */
  async destroy(error: Error): Promise<void> {
    this.#closing = true
    this.#destroyed = true
    this.#connection?.destroy(error)
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.fail(error)
    this.#endIfDone()
    await this.#closed.promise
  }

  // What an exchange asks of its connection.

  pause(): void {
    this.#connection?.pause()
  }

  resume(): void {
    this.#connection?.resume()
  }

  giveUp(exchange: GetExchange): void {
    this.#connection?.giveUp(exchange)
  }

  // What the connection tells.

  free(): void {
    this.emit('drain')
  }

  gone(): void {
    this.#connection = undefined
    this.emit('disconnect')
    this.emit('drain')
    this.#endIfDone()
  }

  get #isBusy(): boolean {
    return this.#waiting !== undefined || this.#connection?.busy === true
  }

  #connect(): void {
    try {
      this.#options.connect(this.#target, (error, socket) => {
        if (this.#destroyed) socket?.destroy()
        else if (error !== null) this.#notConnected(error)
        else {
          this.#connection = new GetConnection(socket, this.#options, this)
          this.emit('connect')
          this.#begin(this.#connection)
        }
      })
    } catch (error) {
      this.#notConnected(asError(error))
    }
  }

  #begin(connection: GetConnection): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    if (waiting !== undefined) connection.send(waiting)
    if (this.#closing) connection.retire()
  }

  #notConnected(error: Error): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.fail(error)
    this.emit('connectionError', error)
    this.#endIfDone()
  }

  #endIfDone(): void {
    if (!this.#closing || this.#connection !== undefined || this.#waiting !== undefined) return
    this.#destroyed = true
    this.#closed.resolve()
  }
}
