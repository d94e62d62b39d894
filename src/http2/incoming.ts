import { HpackDecoder } from '../hpack/decoder.ts'
import { FrameReader, type Frame } from './frame-reader.ts'
import { errorCodes, flags, frameTypes } from './frames.ts'
import { Http2Error, protocolError } from './http2-error.ts'
import { readSettings, type ServerSettings } from './settings.ts'

/** Hears what a server sends. */
export interface IncomingListener {
  /** @param list Names and values in turn. */
  headers(stream: number, list: string[], isLast: boolean): void
  /** @param size Bytes that it counts for, the padding among them. */
  data(stream: number, chunk: Buffer, size: number, isLast: boolean): void
  reset(stream: number, errorCode: number): void
  settings(settings: ServerSettings): void
  /** To be answered with the same bytes. */
  ping(payload: Buffer): void
  /** It looks at no streams above this one. */
  goAway(lastStream: number): void
  /** It would take more of a body, which no request has. */
  allowed(stream: number): void
}

/** Reads what a server sends, and holds it to the rules that need no knowledge of the streams. */
export class Incoming {
  readonly #listener: IncomingListener
  readonly #reader: FrameReader
  readonly #decoder: HpackDecoder
  readonly #largestHead: number
  /** The pieces of a header list whose last one is to come. */
  #list:
    | { readonly stream: number; readonly isLast: boolean; pieces: Buffer[]; size: number }
    | undefined
  #greeted = false

  /** @param largestHead Most bytes of a header list. */
  constructor(listener: IncomingListener, largestHead: number) {
    this.#listener = listener
    this.#largestHead = largestHead
    this.#decoder = new HpackDecoder({ maxTableSize: 4096, maxListSize: largestHead })
    this.#reader = new FrameReader((frame) => this.#take(frame))
  }

  /** @throws {@link Http2Error} That the connection ends with; and what the listener throws. */
  read(chunk: Buffer): void {
    this.#reader.read(chunk)
  }

  #take(frame: Frame): void {
    const { type, stream, payload } = frame
    if (!this.#greeted && !isSettings(frame)) throw protocolError('no SETTINGS at first')
    this.#greeted = true
    if (this.#list !== undefined && type !== frameTypes.continuation) {
      throw protocolError('a header list that is not ended')
    }
    switch (type) {
      case frameTypes.data:
        this.#data(frame)
        break
      case frameTypes.headers:
        this.#headers(frame)
        break
      case frameTypes.continuation:
        this.#continue(frame)
        break
      case frameTypes.resetStream:
        ofStream(frame, true)
        this.#listener.reset(stream, sized(payload, 4).readUInt32BE(0))
        break
      case frameTypes.settings:
        ofStream(frame, false)
        if (isSettings(frame)) this.#listener.settings(readSettings(payload))
        else sized(payload, 0)
        break
      case frameTypes.ping:
        ofStream(frame, false)
        sized(payload, 8)
        if ((frame.flags & flags.ack) === 0) this.#listener.ping(payload)
        break
      case frameTypes.goAway:
        ofStream(frame, false)
        if (payload.length < 8) throw sizeError(payload)
        this.#listener.goAway(payload.readUInt32BE(0) & 0x7fffffff)
        break
      case frameTypes.pushPromise:
        throw protocolError('a push, which was refused')
      case frameTypes.windowUpdate:
        if ((sized(payload, 4).readUInt32BE(0) & 0x7fffffff) === 0) {
          throw protocolError('a window that grows by nothing')
        }
        if (stream > 0) this.#listener.allowed(stream)
        break
      case frameTypes.priority:
        ofStream(frame, true)
        sized(payload, 5)
        break
      // One that is not known means nothing.
      default:
    }
  }

  #data(frame: Frame): void {
    ofStream(frame, true)
    const chunk = withoutPadding(frame)
    const isLast = (frame.flags & flags.endStream) !== 0
    this.#listener.data(frame.stream, chunk, frame.payload.length, isLast)
  }

  #headers(frame: Frame): void {
    ofStream(frame, true)
    let block = withoutPadding(frame)
    if ((frame.flags & flags.priority) !== 0) {
      if (block.length < 5) throw sizeError(block)
      block = block.subarray(5)
    }
    const isLast = (frame.flags & flags.endStream) !== 0
    if ((frame.flags & flags.endHeaders) !== 0) {
      this.#listener.headers(frame.stream, this.#decode(block), isLast)
      return
    }
    this.#list = { stream: frame.stream, isLast, pieces: [block], size: block.length }
  }

  #continue({ stream, payload, flags: flag }: Frame): void {
    const list = this.#list
    if (list?.stream !== stream) throw protocolError('the rest of a header list that was not begun')
    list.size += payload.length
    // Each piece costs something, also one that is empty.
    if (list.size > this.#largestHead || list.pieces.length >= mostPieces) {
      throw new Http2Error(errorCodes.enhanceYourCalm, 'a header list that is too long')
    }
    list.pieces.push(payload)
    if ((flag & flags.endHeaders) === 0) return
    this.#list = undefined
    this.#listener.headers(stream, this.#decode(Buffer.concat(list.pieces)), list.isLast)
  }

  #decode(block: Buffer): string[] {
    try {
      return this.#decoder.decode(block)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      throw new Http2Error(errorCodes.compressionError, why)
    }
  }
}

// A megabyte of headers takes 64.
const mostPieces = 128

/** Whether it says what the other side wants, and does not only acknowledge what it was told. */
function isSettings({ type, flags: flag }: Frame): boolean {
  return type === frameTypes.settings && (flag & flags.ack) === 0
}

function withoutPadding({ flags: flag, payload }: Frame): Buffer {
  if ((flag & flags.padded) === 0) return payload
  const [padding] = payload
  if (padding === undefined || padding >= payload.length) {
    throw protocolError('more padding than bytes')
  }
  return payload.subarray(1, payload.length - padding)
}

/** Some frames belong to a stream, others to the connection. */
function ofStream({ stream, type }: Frame, isStreams: boolean): void {
  if (stream > 0 !== isStreams) throw protocolError(`a frame of type ${type} on stream ${stream}`)
}

function sized(payload: Buffer, size: number): Buffer {
  if (payload.length !== size) throw sizeError(payload)
  return payload
}

function sizeError(payload: Buffer): Http2Error {
  return new Http2Error(errorCodes.frameSizeError, `a frame of ${payload.length} bytes`)
}
