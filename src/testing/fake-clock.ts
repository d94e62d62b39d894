import type { Clock } from '../credential/clock.ts'

/** A clock that stands still until it is told to go on. */
export interface FakeClock extends Clock {
  /** Lets time pass: runs each timer that falls due, in order, at its own moment. */
  advance(ms: number): void
  /** Sets the time of day without letting time pass, as a correction of the clock does. */
  set(nowMs: number): void
  /** The machine sleeps: only the time of day goes on, no timer runs, and all of them are late then. */
  sleep(ms: number): void
  /** Timers that have neither fired nor been cancelled. */
  readonly pendingTimers: number
  /** Pending timers that would hold the process alive. */
  readonly heldTimers: number
}

interface Pending {
  readonly at: number
  readonly then: () => void
  held: boolean
}

/**
 * Makes a clock for tests.
 *
 * @param startMs Milliseconds since the epoch. Default: the start of 2030, UTC.
 */
export function createFakeClock(startMs: number = Date.UTC(2030, 0, 1)): FakeClock {
  // Timers and monotonic() go by the time that passed awake; only now() follows a correction.
  let passed = 0
  let epoch = startMs
  const pending = new Set<Pending>()
  return {
    now: () => epoch + passed,
    monotonic: () => passed,
    after(ms, then) {
      const timer: Pending = { at: passed + Math.max(ms, 0), then, held: false }
      pending.add(timer)
      return {
        cancel: () => void pending.delete(timer),
        hold: () => void (timer.held = true),
        release: () => void (timer.held = false),
      }
    },
    advance(ms) {
      assertForward(ms)
      const end = passed + ms
      for (let next = nextDue(pending, end); next !== undefined; next = nextDue(pending, end)) {
        pending.delete(next)
        passed = Math.max(passed, next.at)
        next.then()
      }
      passed = Math.max(passed, end)
    },
    set(nowMs) {
      epoch = nowMs - passed
    },
    sleep(ms) {
      assertForward(ms)
      epoch += ms
    },
    get pendingTimers() {
      return pending.size
    },
    get heldTimers() {
      return [...pending].filter(({ held }) => held).length
    },
  }
}

function assertForward(ms: number): void {
  if (!(ms >= 0)) throw new TypeError(`"ms" must be zero or more: ${ms}`)
}

// Of timers that fall due together, the one set first fires first: a Set keeps that order.
function nextDue(pending: Iterable<Pending>, end: number): Pending | undefined {
  let next: Pending | undefined
  for (const timer of pending) {
    if (timer.at <= end && (next === undefined || timer.at < next.at)) next = timer
  }
  return next
}
