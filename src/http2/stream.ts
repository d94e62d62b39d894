import type { Dispatcher } from 'undici'

import { GetExchange, type ExchangeConnection } from '../http1/get-exchange.ts'
import { errorCodes } from './frames.ts'
import { HeldBody } from './held-body.ts'
import { protocolError } from './http2-error.ts'
import { StreamWindow, type SpareBytes } from './receive-windows.ts'
import { readResponseHead, readTrailers } from './response-head.ts'

/** The connection of a {@link Stream}. */
export interface StreamOwner {
  readonly spare: SpareBytes
  /** The server may send so many bytes more on it. */
  allow(stream: Stream, bytes: number): void
  /** Nobody wants the rest of it. */
  reset(stream: Stream, errorCode: number): void
  /** Calls what tells its reader something; what that throws is the end of it. */
  tell(stream: Stream, telling: (stream: Stream) => void): void
}

/** One request on a connection that carries many, and the response to it. */
export class Stream implements ExchangeConnection {
  /** 0 as long as it has not been sent. */
  id = 0
  readonly exchange: GetExchange
  readonly #owner: StreamOwner
  readonly #window: StreamWindow
  #headed = false
  #statusCode = 0
  /** Bytes of the body that are to come; undefined when the server does not say. */
  #missing: number | undefined
  /** Came while the reader had asked for a pause. */
  readonly #held = new HeldBody()
  /** What stands after the body, once all of it has come. */
  #trailers: string[] | undefined

  constructor(handler: Dispatcher.DispatchHandler, owner: StreamOwner) {
    this.exchange = new GetExchange(handler, this)
    this.#owner = owner
    this.#window = new StreamWindow(owner.spare)
  }

  /** Whether the server has sent all of it. */
  get complete(): boolean {
    return this.#trailers !== undefined
  }

  /** @throws {@link Http2Error} for what is not the head of a response, or what stands after one. */
  headers(list: string[], isLast: boolean): void {
    if (this.#headed) {
      if (!isLast) throw protocolError('headers within a body')
      this.#ends(readTrailers(list))
      this.#endIfRead()
      return
    }
    const { statusCode, headers, length } = readResponseHead(list)
    // 100 and 103 are not the answer.
    if (statusCode < 200 && !isLast) return
    if (statusCode < 200) throw protocolError(`a response that ends with ${statusCode}`)
    this.#headed = true
    this.#statusCode = statusCode
    this.#missing = statusCode === 204 || statusCode === 304 ? 0 : length
    if (isLast) this.#ends([])
    this.exchange.headed(statusCode, headers)
    this.#endIfRead()
  }

  /**
   * @param size Bytes that it counts for, the padding among them.
   * @throws {@link Http2Error} for bytes that may not come.
   */
  data(chunk: Buffer, size: number, isLast: boolean): void {
    this.#window.receive(size)
    if (!this.#headed) throw protocolError('a body without a head')
    if (this.#missing !== undefined) {
      this.#missing -= chunk.length
      if (this.#missing < 0) throw protocolError(`a body that is too long (${this.#statusCode})`)
    }
    if (isLast) this.#ends([])
    const padding = size - chunk.length
    if (padding > 0) this.#read(padding)
    if (this.exchange.paused || !this.#held.isEmpty) {
      if (chunk.length > 0) this.#held.add(chunk)
      return
    }
    if (chunk.length > 0) this.#pass(chunk)
    this.#endIfRead()
  }

  /** It ends without an answer. */
  fail(error: Error): void {
    this.#held.clear()
    this.exchange.fail(error)
  }

  /** To be called once, when it is no longer one of its connection's. */
  close(): void {
    this.#window.close()
  }

  // What the exchange asks.

  pause(): void {
    // What comes is held, and nothing more allowed.
  }

  resume(): void {
    if (this.#held.isEmpty && !this.complete) return
    // Its reader may be in the midst of what it was told last.
    queueMicrotask(() => this.#owner.tell(this, () => this.#passHeld()))
  }

  giveUp(): void {
    this.#held.clear()
    this.#owner.reset(this, errorCodes.cancel)
  }

  #passHeld(): void {
    while (!this.exchange.paused) {
      const chunk = this.#held.shift()
      if (chunk === undefined) break
      this.#pass(chunk)
    }
    this.#endIfRead()
  }

  #pass(chunk: Buffer): void {
    this.exchange.received(chunk)
    this.#read(chunk.length)
  }

  #read(bytes: number): void {
    const more = this.#window.read(bytes)
    if (more > 0 && !this.complete) this.#owner.allow(this, more)
  }

  /** The server has sent all of it, before its reader is told: it may never be complete. */
  #ends(trailers: string[]): void {
    const missing = this.#missing ?? 0
    if (missing > 0) throw protocolError(`a body that lacks ${missing} bytes`)
    this.#trailers = trailers
  }

  #endIfRead(): void {
    if (this.#trailers === undefined || this.exchange.paused || !this.#held.isEmpty) return
    this.exchange.end(this.#trailers)
  }
}
