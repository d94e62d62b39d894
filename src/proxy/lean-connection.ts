import type { Socket } from 'node:net'

import type { Clock } from '../credential/clock.ts'
import { readGet, type ReceivedGet } from '../http1/read-get.ts'
import type { ClientConnection } from './crowd.ts'
import { LeanResponse } from './lean-response.ts'

/** A request that is being answered. */
export interface LeanExchange {
  start(): void
  /** The answer is done, or the client's connection is gone. */
  clientClosed(): void
}

/** What a {@link LeanConnection} needs. */
export interface LeanConnectionOptions {
  readonly clock: Clock
  /** What answers a request; undefined for one that is to be handed over. */
  readonly exchangeFor: (request: ReceivedGet, response: LeanResponse) => LeanExchange | undefined
  /** Has a server that knows all of HTTP take the connection, beginning with these bytes. */
  readonly handOver: (first: Buffer) => void
  /** It is closed, or somebody else's; heard once. */
  readonly gone: () => void
}

/**
 * A client's connection, as long as it brings nothing but plain GET requests that go to the API: those
 * need none of what Node's HTTP server does for each request, which costs more than all the rest of the
 * way. With the first request that is anything else the connection is handed over to that server, for
 * good.
 */
export class LeanConnection implements ClientConnection {
  readonly #socket: Socket
  readonly #options: LeanConnectionOptions
  #exchange: LeanExchange | undefined
  #response: LeanResponse | undefined
  /** Came before the last request was answered. */
  #early: Buffer[] = []
  #closing = false
  #used = false
  /** Holds only between requests. */
  #quietSince: number

  constructor(socket: Socket, options: LeanConnectionOptions) {
    this.#socket = socket
    this.#quietSince = options.clock.monotonic()
    this.#options = options
    socket.on('data', this.#onData).on('end', this.#onEnd)
    socket.on('error', ignore).on('close', this.#onClose)
  }

  get quietSince(): number | undefined {
    const isQuiet = this.#exchange === undefined && !this.#socket.destroyed
    return isQuiet ? this.#quietSince : undefined
  }

  get used(): boolean {
    return this.#used
  }

  /** Ends when the request that is being answered, or comes next, has been. */
  endSoon(): void {
    this.#closing = true
    if (this.#response?.headersSent === false) this.#response.shouldKeepAlive = false
  }

  /** Ends if there is no request to answer. */
  endIfIdle(): void {
    if (this.#exchange === undefined) this.#socket.destroySoon()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  readonly #onData = (chunk: Buffer): void => {
    if (this.#exchange === undefined) {
      this.#take(chunk)
      return
    }
    this.#early.push(chunk)
    this.#socket.pause()
  }

  // As for Node's server and Go's, a client that has said its last has gone: most do it so.
  readonly #onEnd = (): void => {
    this.#exchange?.clientClosed()
    this.#socket.destroySoon()
  }

  readonly #onClose = (): void => {
    this.#exchange?.clientClosed()
    this.#options.gone()
  }

  #take(chunk: Buffer): void {
    const request = readGet(chunk)
    if (request === undefined) {
      this.#handOver(chunk)
      return
    }
    const { clock, exchangeFor } = this.#options
    const finished = (): void => this.#finished(response)
    const response = new LeanResponse({ socket: this.#socket, clock, finished })
    if (this.#closing) response.shouldKeepAlive = false
    this.#response = response
    this.#exchange = exchangeFor(request, response)
    if (this.#exchange === undefined) this.#handOver(chunk)
    else this.#exchange.start()
  }

  #finished(response: LeanResponse): void {
    if (response !== this.#response) return
    this.#exchange?.clientClosed()
    this.#exchange = undefined
    this.#used = true
    this.#quietSince = this.#options.clock.monotonic()
    if (!response.shouldKeepAlive || this.#closing) {
      this.#socket.destroySoon()
      return
    }
    if (this.#early.length === 0) return
    const early = Buffer.concat(this.#early)
    this.#early = []
    this.#socket.resume()
    this.#take(early)
  }

  #handOver(first: Buffer): void {
    const socket = this.#socket
    socket.off('data', this.#onData).off('end', this.#onEnd)
    socket.off('error', ignore).off('close', this.#onClose)
    this.#options.gone()
    this.#options.handOver(first)
  }
}

// A connection that breaks closes then.
function ignore(): void {}
