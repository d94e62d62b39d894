/** A timer that was set; it holds the process alive only while `hold()` is in force. */
export interface Timer {
  cancel(): void
  /** Keeps the process alive until the timer fires, is cancelled or is released. */
  hold(): void
  release(): void
}

/** Time, as the code sees it. */
export interface Clock {
  /** Time of day, milliseconds since the epoch; it may be set back or forward at any moment. */
  now(): number
  /**
   * Milliseconds since some moment in the past. They only ever grow, at the pace of the timers: on most
   * systems both stand still while the machine sleeps.
   */
  monotonic(): number
  /** Calls `then` once after `ms`; the timer does not hold the process alive at first. */
  after(ms: number, then: () => void): Timer
}

// A longer delay than this makes Node fire at once.
const longestDelay = 2 ** 31 - 1

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => Math.floor(performance.now()),
  after(ms, then) {
    const timer = setTimeout(then, Math.min(Math.max(ms, 0), longestDelay)).unref()
    return {
      cancel: () => {
        clearTimeout(timer)
      },
      hold: () => {
        timer.ref()
      },
      release: () => {
        timer.unref()
      },
    }
  },
}

/** A number between 0 and 1, for jitter. */
export type Random = () => number

/** The machine's own randomness; nothing secret is made of it. */
export const systemRandom: Random = () => Math.random()
