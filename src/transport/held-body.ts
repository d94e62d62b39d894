import { Readable } from 'node:stream'

import type { Clock } from '../credential/clock.ts'

// As much of a 401 as is kept back, and how long a replay waits for its end.
const mostBytes = 64 * 1024
const patienceMs = 1000

/** The body of a response that is read ahead, and given back if it is wanted after all. */
export class HeldBody {
  /** Fulfilled when there is more of it than is worth keeping back. */
  readonly overflowed: Promise<void>
  readonly #source: Readable
  readonly #chunks: Buffer[] = []
  readonly #over = Promise.withResolvers<void>()
  readonly #overflow: () => void
  #bytes = 0
  #ended = false

  constructor(source: Readable) {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.overflowed = promise
    this.#overflow = resolve
    this.#source = source
    source.on('data', this.#onData)
    source.once('end', this.#onEnd)
    source.once('close', this.#over.resolve)
    source.once('error', this.#onError)
  }

  /** The body as if nobody had read from it. */
  release(): Readable {
    this.#source.off('data', this.#onData)
    if (this.#ended) return Readable.from(this.#chunks, { objectMode: false })
    this.#source.pause()
    this.#source.off('error', this.#onError)
    if (this.#bytes > 0 && !this.#source.destroyed) {
      this.#source.unshift(Buffer.concat(this.#chunks))
    }
    return this.#source
  }

  /** Waits a little for the end, so that the connection can be used again. */
  async settle(clock: Clock): Promise<void> {
    const timer = clock.after(patienceMs, this.#over.resolve)
    timer.hold()
    await this.#over.promise
    timer.cancel()
  }

  /** Lets go of it, and of its connection if it did not end. */
  discard(): void {
    if (!this.#ended) this.#source.destroy()
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#chunks.push(chunk)
    this.#bytes += chunk.length
    if (this.#bytes <= mostBytes) return
    this.#source.pause()
    this.#overflow()
    this.#over.resolve()
  }

  readonly #onEnd = (): void => {
    this.#ended = true
    this.#over.resolve()
  }

  readonly #onError = (): void => {
    this.#over.resolve()
  }
}
