import type { Clock } from './clock.ts'

/** A point in time, told by two clocks, since neither of them is enough. */
export interface Instant {
  /** Time of day, milliseconds since the epoch: goes on while the machine sleeps, and may be set. */
  readonly now: number
  /** Milliseconds that only ever grow; they may stand still while the machine sleeps. */
  readonly monotonic: number
}

/** When something happens, and a random number between 0 and 1 for the jitter. */
export interface Moment extends Instant {
  readonly random: number
}

/** This instant. */
export function instantOf(clock: Clock): Instant {
  return { now: clock.now(), monotonic: clock.monotonic() }
}

/**
 * The time of day at an instant, as whatever began at `from` has to reckon with it: milliseconds since
 * the epoch. A sleep of the machine and a clock set forward count; a clock set back does not, so that
 * nothing lasts longer by it than it would have.
 */
export function timeSince(from: Instant, at: Instant): number {
  return Math.max(at.now, from.now + (at.monotonic - from.monotonic))
}
