import { follow } from './follow.ts'

/** Waits for an item that is another than `last`; undefined when there will be none. */
export type NextOf<Item> = (
  last: Item | undefined,
  signal: AbortSignal,
) => Promise<Item | undefined>

/** What something gives, one after the other, until it is closed or its reader has enough. */
export class Successors<Item> implements AsyncIterableIterator<Item, undefined> {
  readonly #next: NextOf<Item>
  readonly #stop = new AbortController()
  readonly #unfollow: () => void
  #last: Item | undefined
  #over = false
  /** Who asks before the last one was answered gets the one after. */
  #turn: Promise<unknown> = Promise.resolve()

  /** @param signal Ends the iteration with its reason. */
  constructor(next: NextOf<Item>, signal: AbortSignal | undefined) {
    this.#next = next
    this.#unfollow = follow(signal, this.#stop)
  }

  async next(): Promise<IteratorResult<Item, undefined>> {
    const turn = this.#turn.then(() => this.#advance())
    this.#turn = turn.catch(() => undefined)
    return await turn
  }

  /** Ends it at once, also for who waits for the next one. */
  async return(): Promise<IteratorReturnResult<undefined>> {
    this.#end()
    this.#stop.abort()
    return await Promise.resolve(done)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return()
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async #advance(): Promise<IteratorResult<Item, undefined>> {
    if (this.#over) return done
    try {
      const next = await this.#next(this.#last, this.#stop.signal)
      if (next !== undefined && !this.#isOver()) {
        this.#last = next
        return { done: false, value: next }
      }
    } catch (error) {
      if (!this.#isOver()) {
        this.#end()
        throw error
      }
    }
    this.#end()
    return done
  }

  #end(): void {
    this.#over = true
    this.#unfollow()
  }

  // It may have been ended while something was awaited, which the compiler does not see.
  #isOver(): boolean {
    return this.#over
  }
}

const done: IteratorReturnResult<undefined> = { done: true, value: undefined }
