import type { Credential } from './credential.ts'
import { timeSince, type Instant } from './instant.ts'
import type { Held } from './renewal-state.ts'

// To read a second clock for each request would cost more than all else that a fresh credential does.
const longestMs = 100

/**
 * Times of day between which a credential can be handed out without another look at anything. One
 * object for all windows of a source: a new one for each would be garbage at every look.
 */
export class FreshWindow {
  #credential: Credential | undefined
  // Milliseconds since the epoch; a clock that was set back before the first of them ends the window.
  #from = 0
  #until = 0

  /** The credential, at a time of day within the window. Any other closes it, so that it does not come back. */
  at(now: number): Credential | undefined {
    if (now < this.#from || now >= this.#until) this.#credential = undefined
    return this.#credential
  }

  /** Opens it at this instant: for a moment at most, and not once the credential is due or at its end. */
  open({ credential, dueAt, endsAt, since }: Held, at: Instant): void {
    const left = Math.min(dueAt, endsAt) - timeSince(since, at)
    this.#credential = credential
    this.#from = at.now
    this.#until = at.now + Math.min(left, longestMs)
  }

  /** Something has happened: there is everything to look at again. */
  close(): void {
    this.#credential = undefined
  }
}
