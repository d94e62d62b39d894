import type { Clock, Timer } from '../credential/clock.ts'

/** What a {@link RestTimer} asks and tells. */
export interface Resting {
  readonly isBusy: () => boolean
  /** It has been of no use for so long. */
  readonly over: () => void
}

/**
 * Ends a time of rest that is too long. One timer for a whole time of rest, instead of one set and
 * cancelled for each request.
 */
export class RestTimer {
  readonly #clock: Clock
  readonly #resting: Resting
  #ms: number
  #since = 0
  #timer: Timer | undefined

  constructor(ms: number, clock: Clock, resting: Resting) {
    this.#ms = ms
    this.#clock = clock
    this.#resting = resting
  }

  /** How long a rest may be, milliseconds. */
  get ms(): number {
    return this.#ms
  }

  set ms(ms: number) {
    if (this.#ms === ms) return
    this.#ms = ms
    this.cancel()
  }

  /** A rest begins, if none has begun; whoever is busy later need not say so. */
  begin(): void {
    this.#since = this.#clock.monotonic()
    this.#timer ??= this.#after(this.#ms)
  }

  cancel(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }

  #after(ms: number): Timer {
    return this.#clock.after(ms, () => {
      const { isBusy, over } = this.#resting
      const left = isBusy() ? this.#ms : this.#since + this.#ms - this.#clock.monotonic()
      if (left <= 0) over()
      else this.#timer = this.#after(left)
    })
  }
}
