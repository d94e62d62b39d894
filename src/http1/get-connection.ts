import type { Socket } from 'node:net'

import { errors } from 'undici'

import type { Clock } from '../credential/clock.ts'
import type { ExchangeConnection, GetExchange } from './get-exchange.ts'
import { ResponseParser, type CompleteResponse } from './response-parser.ts'
import { LookFirst } from './look-first.ts'
import { RestTimer } from './rest-timer.ts'
import type { WrittenGet } from './written-get.ts'

/** The limits of a {@link GetConnection}. */
export interface ConnectionLimits {
  /** How long it is kept without a request, milliseconds. */
  readonly idleMs: number
  /** Largest head of a response, bytes. */
  readonly largestHead: number
  readonly clock: Clock
}

/** Who hears of a {@link GetConnection}. */
export interface ConnectionOwner {
  /** It can carry another request. */
  free(): void
  /** It carries nothing any more; heard once. */
  gone(): void
}

/** A connection that is there, for GET requests, one at a time. */
export class GetConnection implements ExchangeConnection {
  readonly #socket: Socket
  readonly #limits: ConnectionLimits
  readonly #owner: ConnectionOwner
  readonly #parser: ResponseParser
  #exchange: WrittenGet | undefined
  /** To be sent when the event loop has looked once more at what came. */
  #next: WrittenGet | undefined
  #used = false
  #retired = false
  #gone = false
  readonly #rest: RestTimer

  constructor(socket: Socket, limits: ConnectionLimits, owner: ConnectionOwner) {
    this.#socket = socket
    this.#limits = limits
    this.#owner = owner
    this.#rest = new RestTimer(limits.idleMs, limits.clock, {
      isBusy: () => this.busy,
      over: () => this.#lost(new errors.InformationalError('idle')),
    })
    this.#parser = new ResponseParser(
      {
        headed: (statusCode, headers) => this.#exchange?.headed(statusCode, headers),
        received: (chunk) => this.#exchange?.received(chunk),
      },
      limits.largestHead,
    )
    socket.on('data', (chunk: Buffer) => this.#read(chunk))
    socket.on('end', () => this.#ended())
    socket.on('error', (error) => this.#lost(error))
    socket.on('close', () => {
      this.#lost(new errors.SocketError('closed'))
      this.#parser.free()
    })
  }

  /** Whether it has a request, or is not ready for the next one. */
  get busy(): boolean {
    return this.#exchange !== undefined || this.#next !== undefined
  }

  /** Sends a request; only when it is not busy. */
  send(exchange: WrittenGet): void {
    this.#socket.ref()
    if (!this.#used) {
      this.#used = true
      this.#write(exchange)
      // Nobody knows how long the server keeps one on which nothing is ever asked.
      if (!this.busy) this.destroy(new errors.InformationalError('unused'))
      return
    }
    this.#next = exchange
    lookFirst.add(() => {
      if (this.#next !== exchange) return
      this.#next = undefined
      this.#write(exchange)
      if (!this.busy) this.#free()
    })
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  /** The caller has given the request up: the rest of its response is nobody's. */
  giveUp(exchange: GetExchange): void {
    if (this.#exchange === exchange) this.destroy(new errors.InformationalError('aborted'))
  }

  /** Closes it, when its response is complete. */
  retire(): void {
    this.#retired = true
    if (!this.busy) this.destroy(new errors.InformationalError('retired'))
  }

  /** Closes it now; a request under way ends with `error`. */
  destroy(error: Error): void {
    this.#lost(error)
  }

  #read(chunk: Buffer): void {
    if (this.#exchange === undefined) {
      this.#lost(new errors.SocketError('bytes that nobody asked for'))
      return
    }
    try {
      const complete = this.#parser.read(chunk)
      if (complete !== undefined) this.#complete(complete)
    } catch (error) {
      this.#lost(error instanceof Error ? error : new Error(String(error)))
    }
  }

  /** The server has said that it sends no more. */
  #ended(): void {
    try {
      const complete = this.#exchange && this.#parser.finish()
      if (complete !== undefined) this.#complete(complete)
    } catch {
      // It was cut short, as the next line says.
    }
    this.#lost(new errors.SocketError('other side closed'))
  }

  #complete({ trailers, keepsAlive, keepAliveMs }: CompleteResponse): void {
    const exchange = this.#exchange
    this.#exchange = undefined
    const { idleMs } = this.#limits
    // The server's word counts, a second before it would act on it.
    this.#rest.ms = Math.min((keepAliveMs ?? Infinity) - earlierMs, idleMs)
    if (!keepsAlive || this.#rest.ms <= 0 || this.#retired || this.#gone) {
      exchange?.end(trailers)
      this.#lost(new errors.InformationalError('done'))
      return
    }
    if (exchange?.paused === true) this.#socket.resume()
    exchange?.end(trailers)
    this.#free()
  }

  #write(exchange: WrittenGet): void {
    if (!exchange.begin()) return
    if (this.#gone) {
      exchange.fail(new errors.SocketError('closed'))
      return
    }
    this.#exchange = exchange
    this.#socket.write(exchange.text, 'latin1')
    exchange.sent()
  }

  #free(): void {
    this.#owner.free()
    if (this.busy || this.#gone) return
    // Nobody needs it for the moment: it keeps no process alive, and closes after a while.
    this.#socket.unref()
    this.#rest.begin()
  }

  /** The end of it, whatever the reason. */
  #lost(error: Error): void {
    if (this.#gone) return
    this.#gone = true
    this.#rest.cancel()
    const [exchange, next] = [this.#exchange, this.#next]
    this.#exchange = undefined
    this.#next = undefined
    this.#socket.destroy()
    exchange?.fail(error)
    next?.fail(error)
    this.#owner.gone()
  }
}

// As undici: a request must not meet the end.
const earlierMs = 1000

// One for all connections: a turn of the event loop serves them together.
const lookFirst = new LookFirst()
