import { Readable } from 'node:stream'

/** A piece of a request body. */
export type BodyChunk = string | Uint8Array

/** Memory that all recordings of one transport may take together. */
export class ReplayBudget {
  /** Most bytes of one recording. */
  readonly perBody: number
  #left: number

  constructor(perBody: number, total: number) {
    this.perBody = perBody
    this.#left = total
  }

  /** Takes `bytes` from the budget, or nothing when there are not so many left. */
  take(bytes: number): boolean {
    if (bytes > this.#left) return false
    this.#left -= bytes
    return true
  }

  give(bytes: number): void {
    this.#left += bytes
  }
}

/**
 * A body that can be read only once, recorded as it passes, so that it can be sent again: an attempt
 * starts with what was recorded and goes on with the rest of the source. Once the recording would
 * outgrow its budget it stops, and the body is good for the attempt that runs and no other.
 */
export class ReplayBody {
  readonly #body: AsyncIterable<BodyChunk> | Iterable<BodyChunk>
  readonly #source: AsyncIterator<BodyChunk> | Iterator<BodyChunk>
  readonly #budget: ReplayBudget
  #chunks: BodyChunk[] = []
  #droppedChunks = 0
  #recordedBytes = 0
  #replayable = true
  #ended = false
  #pull: Promise<void> | undefined

  constructor(body: AsyncIterable<BodyChunk> | Iterable<BodyChunk>, budget: ReplayBudget) {
    this.#body = body
    this.#source =
      Symbol.asyncIterator in body ? body[Symbol.asyncIterator]() : body[Symbol.iterator]()
    this.#budget = budget
  }

  /** Whether another attempt would send the same bytes. */
  canReplay(): boolean {
    return this.#replayable
  }

  /** The whole body, from its first byte. Only the newest attempt may be read. */
  async *attempt(): AsyncGenerator<BodyChunk, void, void> {
    for (let position = 0; ;) {
      const chunk = this.#chunks[position - this.#droppedChunks]
      if (chunk !== undefined) {
        position++
        yield chunk
        if (!this.#replayable) this.#dropUntil(position)
      } else if (this.#ended) {
        return
      } else {
        // An attempt that was given up may have left its pull behind: what it brings is not lost.
        await (this.#pull ??= this.#pullOne())
      }
    }
  }

  /** Lets go of the recording, and of the source when it was not read to its end. */
  close(): void {
    this.#stopRecording()
    this.#chunks = []
    if (this.#ended) return
    this.#ended = true
    // A stream that nobody has read from yet does not hear its iterator's end.
    if (this.#body instanceof Readable) this.#body.destroy()
    // The source may be in the middle of a read; whether it stops well is its own affair.
    void Promise.resolve(this.#source.return?.()).catch(() => undefined)
  }

  async #pullOne(): Promise<void> {
    try {
      const next = await this.#source.next()
      if (next.done === true) this.#ended = true
      else this.#record(next.value)
    } finally {
      this.#pull = undefined
    }
  }

  #record(chunk: BodyChunk): void {
    this.#chunks.push(chunk)
    if (!this.#replayable) return
    const bytes = Buffer.byteLength(chunk)
    if (this.#recordedBytes + bytes <= this.#budget.perBody && this.#budget.take(bytes)) {
      this.#recordedBytes += bytes
    } else {
      this.#stopRecording()
    }
  }

  #stopRecording(): void {
    this.#replayable = false
    this.#budget.give(this.#recordedBytes)
    this.#recordedBytes = 0
  }

  #dropUntil(position: number): void {
    this.#chunks.splice(0, position - this.#droppedChunks)
    this.#droppedChunks = position
  }
}

/** Whether a body gives the same bytes however often it is sent: it is a value, not a stream. */
export function isValueBody(body: unknown): boolean {
  if (body === null || body === undefined || typeof body === 'string') return true
  if (ArrayBuffer.isView(body) || body instanceof ArrayBuffer || body instanceof Blob) return true
  return typeof body === 'object' && Object.prototype.toString.call(body) === '[object FormData]'
}

/** Whether a body is a stream that {@link ReplayBody} can record. */
export function isStreamBody(
  body: unknown,
): body is AsyncIterable<BodyChunk> | Iterable<BodyChunk> {
  if (typeof body !== 'object' || body === null) return false
  return Symbol.asyncIterator in body || Symbol.iterator in body
}
