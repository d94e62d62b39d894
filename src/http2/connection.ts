import type { Socket } from 'node:net'

import { errors, type Dispatcher } from 'undici'

import { callApart } from '../errors/call-apart.ts'
import { asError } from '../errors/kubecred-error.ts'
import { HpackEncoder } from '../hpack/encoder.ts'
import { RestTimer } from '../http1/rest-timer.ts'
import type { Http2ConnectionOptions, Http2ConnectionOwner } from './connection-options.ts'
import {
  errorCodes,
  goAwayFrame,
  headersFrames,
  pingFrame,
  resetFrame,
  settingsAck,
  windowFrame,
} from './frames.ts'
import { Http2Error, notProcessed, streamReset } from './http2-error.ts'
import { Incoming, type IncomingListener } from './incoming.ts'
import { OpenStreams } from './open-streams.ts'
import { Outbox } from './outbox.ts'
import { ConnectionWindow, SpareBytes } from './receive-windows.ts'
import { requestHead } from './request-head.ts'
import { greeting, type ServerSettings } from './settings.ts'
import { StreamLimit } from './stream-limit.ts'
import { Stream, type StreamOwner } from './stream.ts'

/**
 * A connection that is there, for GET requests without a body, many at a time: what an HTTP/2 client
 * has to do that never sends a body and takes no pushes (RFC 9113), for a third of the processor time
 * of Node's own. Requests that come in one turn of the event loop leave in one write.
 */
export class Http2Connection implements StreamOwner {
  readonly spare: SpareBytes = new SpareBytes()
  readonly #socket: Socket
  readonly #options: Http2ConnectionOptions
  readonly #owner: Http2ConnectionOwner
  readonly #outbox: Outbox
  readonly #encoder = new HpackEncoder()
  readonly #streams = new OpenStreams()
  readonly #rest: RestTimer
  readonly #window = new ConnectionWindow()
  readonly #limit: StreamLimit
  #used = false
  #retired = false
  #gone = false

  constructor(socket: Socket, options: Http2ConnectionOptions, owner: Http2ConnectionOwner) {
    this.#socket = socket
    this.#options = options
    this.#owner = owner
    this.#outbox = new Outbox(socket)
    this.#limit = new StreamLimit(options.mostAtOnce)
    this.#rest = new RestTimer(options.idleMs, options.clock, {
      isBusy: () => this.busy,
      over: () => this.destroy(new errors.InformationalError('idle')),
    })
    const incoming = new Incoming(this.#listener(), options.largestHead)
    socket.on('data', (chunk: Buffer) => this.#read(incoming, chunk))
    socket.on('drain', () => owner.changed())
    socket.on('end', () => this.destroy(new errors.SocketError('other side closed')))
    socket.on('error', (error) => this.destroy(error))
    socket.on('close', () => this.destroy(new errors.SocketError('closed')))
    this.#outbox.add(greeting(options.largestHead, this.#window.more))
    this.#beginRest()
  }

  /** Whether it has a request. */
  get busy(): boolean {
    return this.#streams.size > 0
  }

  /** Whether it takes another request now. */
  get hasRoom(): boolean {
    if (this.leaving || !this.#outbox.flows) return false
    return this.#streams.size < this.mostAtOnce
  }

  /** Whether it will never take another request. */
  get leaving(): boolean {
    return this.#retired || this.#gone
  }

  /** Most requests at a time, as far as the server has said. */
  get mostAtOnce(): number {
    return this.#limit.limit
  }

  /** Whether it has answered a request. */
  get used(): boolean {
    return this.#used
  }

  /**
   * Sends a request; only when there is room.
   *
   * @throws `InvalidArgumentError` of undici, and what the handler throws.
   */
  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
    const head = requestHead(this.#options.authority, options)
    const stream = new Stream(handler, this)
    if (!stream.exchange.begin()) return
    if (this.#gone) {
      stream.fail(new errors.SocketError('closed'))
      return
    }
    if (!this.busy) this.#socket.ref()
    this.#streams.open(stream)
    // Requests that come after the last number need another connection.
    if (!this.#streams.canOpen) this.#retired = true
    for (const part of headersFrames(stream.id, this.#encoder.encode(head))) this.#outbox.add(part)
    stream.exchange.sent()
  }

  /** Asks the server for a sign of life. */
  ping(): void {
    this.#outbox.add(pingFrame(probe, false))
  }

  /** Takes no more requests, and closes when those that it has are done. */
  retire(): void {
    this.#retired = true
    if (!this.busy) this.#beginRest()
  }

  /** Closes it now; requests under way end with `error`. */
  destroy(error: Error): void {
    if (this.#gone) return
    this.#gone = true
    this.#rest.cancel()
    if (!this.#socket.destroyed) {
      this.#outbox.add(goAwayFrame(error instanceof Http2Error ? error.errorCode : 0))
      this.#outbox.finish()
    }
    this.#socket.destroy()
    for (const stream of this.#streams.above(0)) this.#fail(stream, error)
    this.#owner.gone()
  }

  // What a stream asks.

  allow(stream: Stream, bytes: number): void {
    if (this.#streams.has(stream)) this.#outbox.add(windowFrame(stream.id, bytes))
  }

  reset(stream: Stream, errorCode: number): void {
    if (!this.#streams.has(stream)) return
    // Of one that the server has ended there is no rest.
    if (!stream.complete) this.#outbox.add(resetFrame(stream.id, errorCode))
    this.#close(stream)
  }

  tell(stream: Stream, telling: (stream: Stream) => void): void {
    try {
      telling(stream)
      if (stream.complete && this.#streams.has(stream)) this.#close(stream)
    } catch (error) {
      this.reset(stream, error instanceof Http2Error ? error.errorCode : errorCodes.internalError)
      this.#fail(stream, asError(error))
    }
  }

  /** What its handler throws is nothing to the others. */
  #fail(stream: Stream, error: Error): void {
    if (this.#streams.has(stream)) this.#close(stream)
    callApart(() => stream.fail(error))
  }

  #close(stream: Stream): void {
    this.#streams.close(stream)
    stream.close()
    if (this.#gone) return
    this.#owner.changed()
    if (!this.busy) this.#beginRest()
  }

  /** Nobody needs it for the moment: it keeps no process alive, and closes after a while. */
  #beginRest(): void {
    if (this.#retired) this.destroy(new errors.InformationalError('retired'))
    if (this.#gone) return
    this.#socket.unref()
    this.#rest.begin()
  }

  #read(incoming: Incoming, chunk: Buffer): void {
    try {
      if (!this.#gone) incoming.read(chunk)
    } catch (error) {
      this.destroy(asError(error))
    }
  }

  #listener(): IncomingListener {
    return {
      headers: (id, list, isLast) => {
        this.#used = true
        this.#tell(id, (stream) => stream.headers(list, isLast))
      },
      data: (id, chunk, size, isLast) => {
        const given = this.#window.receive(size)
        if (given > 0) this.#outbox.add(windowFrame(0, given))
        this.#tell(id, (stream) => stream.data(chunk, size, isLast))
      },
      reset: (id, code) => this.#tell(id, (stream) => this.#fail(stream, streamReset(code))),
      settings: (settings) => this.#configure(settings),
      ping: (payload) => this.#outbox.answer(pingFrame(payload, true)),
      goAway: (lastStream) => this.#leave(lastStream),
      allowed: (id) => void this.#streams.find(id),
    }
  }

  #tell(id: number, telling: (stream: Stream) => void): void {
    const stream = this.#streams.find(id)
    if (stream !== undefined) this.tell(stream, telling)
  }

  #configure({ mostStreams, tableSizes }: ServerSettings): void {
    this.#limit.say(mostStreams)
    for (const size of tableSizes) this.#encoder.setMaxTableSize(size)
    this.#outbox.answer(settingsAck)
    this.#owner.changed()
  }

  #leave(lastStream: number): void {
    this.#retired = true
    for (const stream of this.#streams.above(lastStream)) this.#fail(stream, notProcessed())
    if (this.busy) this.#owner.changed()
    else this.retire()
  }
}

const probe = Buffer.from('kubecred')
