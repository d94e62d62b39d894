import { errorCodes, headSize, largestPayload } from './frames.ts'
import { Http2Error } from './http2-error.ts'

/** A frame that has come whole. Its payload is a part of what was read: nobody may write to it. */
export interface Frame {
  readonly type: number
  readonly flags: number
  readonly stream: number
  readonly payload: Buffer
}

/** Finds the frames in what comes, however it is cut. */
export class FrameReader {
  readonly #take: (frame: Frame) => void
  /** Of the head of a frame whose rest is to come. */
  readonly #head = Buffer.alloc(headSize)
  #headBytes = 0
  /** Of the payload of one, as long as it is not whole. */
  #payload: Buffer | undefined
  #payloadBytes = 0

  /** @param take Gets each frame. What it throws ends the reading of this chunk. */
  constructor(take: (frame: Frame) => void) {
    this.#take = take
  }

  /** @throws {@link Http2Error} for a frame that is longer than it may be, and what `take` throws. */
  read(chunk: Buffer): void {
    let at = 0
    while (at < chunk.length) {
      at = this.#isBegun ? this.#goOn(chunk, at) : this.#begin(chunk, at)
    }
  }

  get #isBegun(): boolean {
    return this.#headBytes > 0
  }

  /** Nearly every frame comes in one piece, and need not be copied. */
  #begin(chunk: Buffer, at: number): number {
    const payloadAt = at + headSize
    if (payloadAt > chunk.length) return this.#goOn(chunk, at)
    const end = payloadAt + lengthIn(chunk, at)
    if (end > chunk.length) return this.#goOn(chunk, at)
    this.#take(frameOf(chunk, at, chunk.subarray(payloadAt, end)))
    return end
  }

  #goOn(chunk: Buffer, from: number): number {
    let at = from
    if (this.#headBytes < headSize) {
      const copied = chunk.copy(this.#head, this.#headBytes, at)
      this.#headBytes += copied
      at += copied
      if (this.#headBytes < headSize) return at
    }
    this.#payload ??= Buffer.allocUnsafe(lengthIn(this.#head, 0))
    const copied = chunk.copy(this.#payload, this.#payloadBytes, at)
    this.#payloadBytes += copied
    if (this.#payloadBytes === this.#payload.length) this.#end(this.#payload)
    return at + copied
  }

  #end(payload: Buffer): void {
    this.#headBytes = 0
    this.#payload = undefined
    this.#payloadBytes = 0
    this.#take(frameOf(this.#head, 0, payload))
  }
}

function lengthIn(bytes: Buffer, at: number): number {
  const length = bytes.readUIntBE(at, 3)
  if (length <= largestPayload) return length
  throw new Http2Error(errorCodes.frameSizeError, `a frame of ${length} bytes`)
}

function frameOf(head: Buffer, at: number, payload: Buffer): Frame {
  return {
    type: head[at + 3] ?? 0,
    flags: head[at + 4] ?? 0,
    // The first bit means nothing.
    stream: head.readUInt32BE(at + 5) & 0x7fffffff,
    payload,
  }
}
