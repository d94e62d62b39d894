import { protocolError } from './http2-error.ts'
import type { Stream } from './stream.ts'

/**
 * The streams of a connection that are open, by their numbers.
 *
 * Not a `Map`: the tables that one leaves behind as it grows and shrinks keep pointing to what was in
 * it, so that streams would outlive minor garbage collections. There are few enough to look at each.
 */
export class OpenStreams {
  readonly #all: Stream[] = []
  #nextId = 1

  get size(): number {
    return this.#all.length
  }

  /** Whether there are numbers left: each is used once. */
  get canOpen(): boolean {
    return this.#nextId <= lastId
  }

  /** Gives a stream the next number. */
  open(stream: Stream): void {
    stream.id = this.#nextId
    this.#nextId += 2
    this.#all.push(stream)
  }

  /** Whether it has been opened, and not closed. */
  has(stream: Stream): boolean {
    return stream.id !== 0 && this.#all.includes(stream)
  }

  /**
   * The stream of a number; undefined for one that is closed.
   *
   * @throws {@link Http2Error} when there has never been one.
   */
  find(id: number): Stream | undefined {
    if (id % 2 === 1 && id < this.#nextId) return this.#all.find((stream) => stream.id === id)
    throw protocolError(`a frame for stream ${id}, which there was not`)
  }

  close(stream: Stream): void {
    const last = this.#all.pop()
    if (last === undefined || last === stream) return
    // The last one takes the place that is free now.
    this.#all[this.#all.indexOf(stream)] = last
  }

  /** Those with a higher number. */
  above(id: number): Stream[] {
    return this.#all.filter((stream) => stream.id > id)
  }
}

const lastId = 2 ** 31 - 1
