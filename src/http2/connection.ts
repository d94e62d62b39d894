import type { Socket } from 'node:net'

import { errors, type Dispatcher } from 'undici'

import type { Clock, Timer } from '../credential/clock.ts'
import { asError } from '../errors/kubecred-error.ts'
import { RestTimer } from '../http1/rest-timer.ts'
import { errorCodes, flags, frame, frameTypes, goAwayFrame } from './frames.ts'
import { headersFrames, preface, resetFrame, windowFrame } from './frames.ts'
import { HpackEncoder } from './hpack-encoder.ts'
import { Http2Error, notProcessed, protocolError, streamReset } from './http2-error.ts'
import { Incoming, type IncomingListener } from './incoming.ts'
import { Outbox } from './outbox.ts'
import { connectionWindow, firstWindow, SpareBytes } from './receive-windows.ts'
import { requestHead } from './request-head.ts'
import { clientSettings, type ServerSettings } from './server-settings.ts'
import { Stream, type StreamOwner } from './stream.ts'

/** How a connection is used. */
export interface Http2ConnectionOptions {
  /** Host and port, as requests name them that name no other. */
  readonly authority: string
  /** How long it is kept without a request, milliseconds. */
  readonly idleMs: number
  /** A PING goes out when nothing has come for so long, milliseconds; 0 for never. */
  readonly readIdleMs: number
  /** Largest head of a response, bytes. */
  readonly largestHead: number
  readonly clock: Clock
}

/** Who hears of an {@link Http2Connection}. */
export interface Http2ConnectionOwner {
  /** It may have room for another request, or has lost it. */
  changed(): void
  /** It carries nothing any more; heard once. */
  gone(): void
}

/**
 * A connection that is there, for GET requests without a body, many at a time: what an HTTP/2 client
 * has to do that never sends a body and takes no pushes (RFC 9113), for a third of the processor time
 * of Node's own. Requests that come in one turn of the event loop leave in one write.
 */
export class Http2Connection implements StreamOwner {
  readonly spare: SpareBytes = new SpareBytes(spareBytes)
  readonly #socket: Socket
  readonly #options: Http2ConnectionOptions
  readonly #owner: Http2ConnectionOwner
  readonly #outbox: Outbox
  readonly #encoder = new HpackEncoder()
  readonly #streams = new Map<number, Stream>()
  readonly #rest: RestTimer
  #probe: Timer | undefined
  /** Something came since the last look. */
  #heard = true
  #nextId = 1
  #mostStreams = streamsAtFirst
  /** Came since the server was last told that it may send more. */
  #received = 0
  #used = false
  #retired = false
  #gone = false

  constructor(socket: Socket, options: Http2ConnectionOptions, owner: Http2ConnectionOwner) {
    this.#socket = socket
    this.#options = options
    this.#owner = owner
    this.#outbox = new Outbox(socket)
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
    const settings = clientSettings(firstWindow, options.largestHead)
    this.#outbox.add(preface)
    this.#outbox.add(frame(frameTypes.settings, 0, 0, settings))
    this.#outbox.add(windowFrame(0, connectionWindow - windowOfProtocol))
    if (options.readIdleMs > 0) this.#probe = this.#probeLater()
  }

  /** Whether it has a request. */
  get busy(): boolean {
    return this.#streams.size > 0
  }

  /** Whether it takes another request now. */
  get hasRoom(): boolean {
    if (this.#retired || this.#gone || !this.#outbox.flows) return false
    return this.#streams.size < this.#mostStreams && this.#nextId <= lastId
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
    if (!this.busy) this.#socket.ref()
    stream.id = this.#nextId
    this.#nextId += 2
    this.#streams.set(stream.id, stream)
    for (const part of headersFrames(stream.id, this.#encoder.encode(head))) this.#outbox.add(part)
    stream.exchange.sent()
  }

  /** Takes no more requests, and closes when those that it has are done. */
  retire(): void {
    this.#retired = true
    if (!this.busy) this.destroy(new errors.InformationalError('retired'))
  }

  /** Closes it now; requests under way end with `error`. */
  destroy(error: Error): void {
    if (this.#gone) return
    this.#gone = true
    this.#rest.cancel()
    this.#probe?.cancel()
    if (!this.#socket.destroyed) {
      this.#outbox.add(goAwayFrame(error instanceof Http2Error ? error.errorCode : 0))
      this.#outbox.finish()
    }
    this.#socket.destroy()
    const streams = [...this.#streams.values()]
    this.#streams.clear()
    for (const stream of streams) stream.fail(error)
    this.#owner.gone()
  }

  // What a stream asks.

  allow(stream: Stream, bytes: number): void {
    if (this.#isOpen(stream)) this.#outbox.add(windowFrame(stream.id, bytes))
  }

  reset(stream: Stream, errorCode: number): void {
    if (!this.#isOpen(stream)) return
    this.#outbox.add(resetFrame(stream.id, errorCode))
    this.#close(stream)
  }

  #isOpen(stream: Stream): boolean {
    return this.#streams.get(stream.id) === stream
  }

  #close(stream: Stream): void {
    this.#streams.delete(stream.id)
    stream.close()
    if (this.#gone) return
    this.#owner.changed()
    if (this.busy) return
    if (this.#retired) {
      this.destroy(new errors.InformationalError('retired'))
      return
    }
    // Nobody needs it for the moment: it keeps no process alive, and closes after a while.
    this.#socket.unref()
    this.#rest.begin()
  }

  #read(incoming: Incoming, chunk: Buffer): void {
    this.#heard = true
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
        this.#count(size)
        this.#tell(id, (stream) => stream.data(chunk, size, isLast))
      },
      reset: (id, errorCode) => {
        const stream = this.#find(id)
        if (stream === undefined) return
        this.#close(stream)
        stream.fail(streamReset(errorCode))
      },
      settings: (settings) => this.#configure(settings),
      ping: (payload) => this.#answer(frame(frameTypes.ping, flags.ack, 0, payload)),
      goAway: (lastStream) => this.#leave(lastStream),
    }
  }

  /** What a stream throws is its own end only. */
  #tell(id: number, tell: (stream: Stream) => void): void {
    const stream = this.#find(id)
    if (stream === undefined) return
    try {
      tell(stream)
      if (stream.complete && this.#isOpen(stream)) this.#close(stream)
    } catch (error) {
      this.reset(stream, error instanceof Http2Error ? error.errorCode : errorCodes.internalError)
      stream.fail(asError(error))
    }
  }

  /** Undefined for one that is over: what was on its way when it ended means nothing. */
  #find(id: number): Stream | undefined {
    if (id % 2 === 1 && id < this.#nextId) return this.#streams.get(id)
    throw protocolError(`a frame for stream ${id}, which there was not`)
  }

  #count(bytes: number): void {
    this.#received += bytes
    if (this.#received > connectionWindow) {
      throw new Http2Error(errorCodes.flowControlError, 'more bytes than were allowed')
    }
    if (this.#received < connectionWindow / 2) return
    this.#outbox.add(windowFrame(0, this.#received))
    this.#received = 0
  }

  #configure({ mostStreams, tableSizes }: ServerSettings): void {
    if (mostStreams !== undefined) this.#mostStreams = Math.min(mostStreams, mostAtOnce)
    for (const size of tableSizes) this.#encoder.setMaxTableSize(size)
    this.#answer(frame(frameTypes.settings, flags.ack, 0, nothing))
    this.#owner.changed()
  }

  #answer(answer: Buffer): void {
    if (this.#socket.writableLength > mostUnread) {
      throw new Http2Error(errorCodes.enhanceYourCalm, 'questions without an end')
    }
    this.#outbox.add(answer)
  }

  #leave(lastStream: number): void {
    this.#retired = true
    const left = [...this.#streams.values()].filter(({ id }) => id > lastStream)
    for (const stream of left) {
      this.#close(stream)
      stream.fail(notProcessed())
    }
    if (!this.busy) this.retire()
  }

  #probeLater(): Timer {
    const { clock, readIdleMs } = this.#options
    return clock.after(readIdleMs, () => {
      if (!this.#heard) this.#outbox.add(frame(frameTypes.ping, 0, 0, probe))
      this.#heard = false
      this.#probe = this.#probeLater()
    })
  }
}

// What streams may have beyond their first windows, together.
const spareBytes = 16 * 1024 * 1024
// Until the server says how many it takes: what Go's client assumes.
const streamsAtFirst = 100
// More do not make the work go faster, and all of them are lost with the connection.
const mostAtOnce = 256
const lastId = 2 ** 31 - 1
const windowOfProtocol = 65_535
// What a server may leave unread while it goes on asking.
const mostUnread = 64 * 1024
const nothing = Buffer.alloc(0)
const probe = Buffer.from('kubecred')
