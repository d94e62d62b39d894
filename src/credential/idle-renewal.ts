import type { Clock, Timer } from './clock.ts'
import { instantOf, type Instant } from './instant.ts'

/** What {@link IdleRenewal} needs. */
export interface IdleRenewalPlan {
  readonly clock: Clock
  /** Milliseconds from an instant until the next look; `Infinity` for none. */
  readonly nextLook: (at: Instant) => number
  /** Looks whether something is to be done. */
  readonly look: () => void
}

/**
 * Has a source look at its credential though nobody asks, as long as somebody wants it kept fresh. The
 * timer never holds the process alive.
 */
export class IdleRenewal {
  readonly #plan: IdleRenewalPlan
  #wishes = 0
  #timer: Timer | undefined

  constructor(plan: IdleRenewalPlan) {
    this.#plan = plan
  }

  /** Wants the credential kept fresh until the function that comes back is called; further calls do nothing. */
  want(): () => void {
    let wanted = true
    this.#wishes++
    this.changed()
    return () => {
      if (!wanted) return
      wanted = false
      this.#wishes--
      this.changed()
    }
  }

  /** Something has happened: sets the timer anew. */
  changed(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    const { clock, nextLook, look } = this.#plan
    const ms = this.#wishes === 0 ? Infinity : nextLook(instantOf(clock))
    if (ms === Infinity) return
    this.#timer = clock.after(ms, () => {
      look()
      this.changed()
    })
  }
}
