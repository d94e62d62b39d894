import type { Clock } from './clock.ts'

// To read a second clock for each request would cost more than all else that a fresh credential does.
const everyMs = 100
// Each of the two clocks may have been rounded; a step that is no longer makes no difference to anybody.
const toleranceMs = 2

const watches = new WeakMap<Clock, ClockWatch>()

/**
 * Sees that a time of day was set back, within a moment, for all who go by it.
 *
 * It looks at a second clock now and then, however many sources and requests there are.
 */
export class ClockWatch {
  readonly #clock: Clock
  readonly #began: number
  #era = 0
  // Milliseconds since the epoch; by a clock that stands before the first of them, somebody has set it.
  #lookedAt: number
  #nextAt: number
  // By how much the time of day was ahead of the other clock at the most, in this era.
  #ahead: number

  private constructor(clock: Clock) {
    this.#clock = clock
    const now = clock.now()
    this.#began = now
    this.#lookedAt = now
    this.#nextAt = now + everyMs
    this.#ahead = now - clock.monotonic()
  }

  /** The one of a clock. */
  static of(this: void, clock: Clock): ClockWatch {
    const watch = watches.get(clock) ?? new ClockWatch(clock)
    watches.set(clock, watch)
    return watch
  }

  /** Grows each time that the clock was set back; to be read after the time. */
  get era(): number {
    return this.#era
  }

  /** Milliseconds by the time of day since the watch began: small numbers, which take no memory of their own. */
  time(): number {
    const now = this.#clock.now()
    if (now >= this.#nextAt || now < this.#lookedAt) this.#look(now)
    return this.timeAt(now)
  }

  /** The same for a time of day, milliseconds since the epoch. */
  timeAt(now: number): number {
    return now - this.#began
  }

  #look(now: number): void {
    const ahead = now - this.#clock.monotonic()
    if (ahead < this.#ahead - toleranceMs) {
      this.#era++
      this.#ahead = ahead
    } else {
      // A machine that slept, or a clock set forward.
      this.#ahead = Math.max(this.#ahead, ahead)
    }
    this.#lookedAt = now
    this.#nextAt = now + everyMs
  }
}
