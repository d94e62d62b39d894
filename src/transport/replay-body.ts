import { Readable } from 'node:stream'

import type { ReplayBudget } from './replay-budget.ts'

/** A piece of a request body. */
export type BodyChunk = string | Uint8Array

/** A body that can be read once. */
export type StreamBody = AsyncIterable<BodyChunk> | Iterable<BodyChunk>

/** What an exchange needs of a recorded body. */
export interface Recording {
  /** Whether another attempt would send the same bytes. */
  canReplay(): boolean
  /** The whole body, from its first byte. The attempt before it ends at its next step. */
  attempt(): AsyncGenerator<BodyChunk, void, void>
  /** There will be no other attempt: lets go of the recording, while the running one goes on. */
  finish(): void
  /** Lets go of the recording, and of the source when it was not read to its end. */
  close(): void
}

/**
 * A body that can be read only once, recorded as it passes, so that it can be sent again: an attempt
 * starts with what was recorded and goes on with the rest of the source. Once the recording would
 * outgrow its budget it stops, and the body is good for the attempt that runs and no other.
 *
 * An attempt that another has taken the place of ends; the server has answered it already. When the
 * body is closed the running attempt fails: half of it must not be taken for the whole.
 */
export class ReplayBody implements Recording {
  readonly #body: StreamBody
  readonly #budget: ReplayBudget
  #source: AsyncIterator<BodyChunk> | Iterator<BodyChunk> | undefined
  #chunks: BodyChunk[] = []
  #droppedChunks = 0
  #recordedBytes = 0
  #recording = true
  #ended = false
  #closed = false
  #final = false
  #attempts = 0
  #pull: Promise<void> | undefined
  #failure: { readonly error: unknown } | undefined

  constructor(body: StreamBody, budget: ReplayBudget) {
    this.#body = body
    this.#budget = budget
  }

  canReplay(): boolean {
    return this.#recording && !this.#closed && this.#failure === undefined
  }

  /** Whether all of it is recorded, so that another attempt needs no more of its source. */
  isWhole(): boolean {
    return this.#ended && this.canReplay()
  }

  attempt(): AsyncGenerator<BodyChunk, void, void> {
    return this.#read(++this.#attempts)
  }

  finish(): void {
    this.#final = true
    this.#stopRecording()
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#stopRecording()
    this.#chunks = []
    if (this.#ended) return
    // A stream that nobody has read from yet does not hear its iterator's end.
    if (this.#body instanceof Readable) this.#body.destroy()
    // The source may be in the middle of a read; whether it stops well is its own affair.
    void Promise.resolve(this.#source?.return?.()).catch(() => undefined)
  }

  async *#read(attempt: number): AsyncGenerator<BodyChunk, void, void> {
    try {
      for (let position = 0; attempt === this.#attempts;) {
        this.#assertWhole(position)
        const chunk = this.#chunks[position - this.#droppedChunks]
        if (chunk !== undefined) {
          position++
          if (!this.#recording) this.#dropUntil(position)
          yield chunk
        } else if (this.#ended) {
          return
        } else {
          // An attempt that was given up may have left its pull behind: what it brings is not lost.
          await (this.#pull ??= this.#pullOne())
        }
      }
    } finally {
      // Whoever reads the last attempt may stop before the end.
      if (this.#final && attempt === this.#attempts) this.close()
    }
  }

  #assertWhole(position: number): void {
    if (this.#failure !== undefined) throw this.#failure.error
    if (this.#closed) throw new Error('the request is over')
    if (position < this.#droppedChunks) throw new Error('the body can be sent only once')
  }

  async #pullOne(): Promise<void> {
    try {
      const next = await this.#iterator().next()
      if (next.done === true) this.#ended = true
      else this.#record(next.value)
    } catch (error) {
      // Asked again, a generator that has failed says that it is at its end.
      this.#failure = { error }
      throw error
    } finally {
      this.#pull = undefined
    }
  }

  #iterator(): AsyncIterator<BodyChunk> | Iterator<BodyChunk> {
    // Not before the first read, since a web stream is locked by it.
    this.#source ??=
      Symbol.asyncIterator in this.#body
        ? this.#body[Symbol.asyncIterator]()
        : this.#body[Symbol.iterator]()
    return this.#source
  }

  #record(chunk: BodyChunk): void {
    this.#chunks.push(chunk)
    if (!this.#recording) return
    const bytes = Buffer.byteLength(chunk)
    if (this.#recordedBytes + bytes <= this.#budget.perBody && this.#budget.take(bytes)) {
      this.#recordedBytes += bytes
    } else {
      this.#stopRecording()
    }
  }

  #stopRecording(): void {
    this.#recording = false
    this.#budget.give(this.#recordedBytes)
    this.#recordedBytes = 0
  }

  #dropUntil(position: number): void {
    this.#chunks.splice(0, position - this.#droppedChunks)
    this.#droppedChunks = position
  }
}

/** A recording that outlives the exchange that it is given to: to end it is not the exchange's affair. */
export class LentRecording implements Recording {
  readonly #body: ReplayBody

  constructor(body: ReplayBody) {
    this.#body = body
  }

  canReplay(): boolean {
    return this.#body.canReplay()
  }

  attempt(): AsyncGenerator<BodyChunk, void, void> {
    return this.#body.attempt()
  }

  finish(): void {}

  close(): void {}
}

/** What records a body that can be read only once; undefined for one that needs no recording. */
export function recordingOf(body: unknown, budget: ReplayBudget): Recording | undefined {
  if (body instanceof LentRecording) return body
  return isStreamBody(body) ? new ReplayBody(body, budget) : undefined
}

/** Whether a body gives the same bytes however often it is sent: it is a value, not a stream. */
export function isValueBody(body: unknown): boolean {
  if (body === null || body === undefined || typeof body === 'string') return true
  if (ArrayBuffer.isView(body) || body instanceof ArrayBuffer || body instanceof Blob) return true
  return typeof body === 'object' && Object.prototype.toString.call(body) === '[object FormData]'
}

/** Whether a body is a stream that {@link ReplayBody} can record. */
export function isStreamBody(body: unknown): body is StreamBody {
  if (typeof body !== 'object' || body === null || isValueBody(body)) return false
  return Symbol.asyncIterator in body || Symbol.iterator in body
}
