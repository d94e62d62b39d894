import type { Clock, Timer } from '../credential/clock.ts'
import type { TokenCache } from './token-cache.ts'

// What has ended is gone within a minute: a look at each twice as often.
const everyMs = 30_000
// A few hundred microseconds' work if all of them have ended, and nobody has looked at them for long; in between
// the event loop turns.
const slice = 25

/** Takes out of a cache what has ended, again and again, a little at a time. */
export class Sweep {
  readonly #cache: TokenCache
  readonly #clock: Clock
  #timer: Timer | undefined
  #isClosed = false

  constructor(cache: TokenCache, clock: Clock) {
    this.#cache = cache
    this.#clock = clock
  }

  /** Goes on as long as there is anything in the cache. */
  wanted(): void {
    if (this.#isClosed || this.#timer !== undefined) return
    this.#timer = this.#clock.after(everyMs, () => this.#go())
  }

  /** Ends it. */
  close(): void {
    this.#isClosed = true
    this.#timer?.cancel()
  }

  #go(): void {
    if (this.#isClosed) return
    if (!this.#cache.removeEnded(slice)) {
      setImmediate(() => this.#go()).unref()
      return
    }
    this.#timer = undefined
    if (this.#cache.size > 0) this.wanted()
  }
}
