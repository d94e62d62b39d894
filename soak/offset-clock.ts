import { systemClock, type Clock } from '../src/doors/index.ts'

/** The machine's time, which somebody may set: timers go by the time that passes, as the machine's do. */
export class OffsetClock implements Clock {
  /** Milliseconds to be added. */
  offsetMs = 0

  now(): number {
    return systemClock.now() + this.offsetMs
  }

  monotonic(): number {
    return systemClock.monotonic()
  }

  after(ms: number, then: () => void): ReturnType<Clock['after']> {
    return systemClock.after(ms, then)
  }
}
