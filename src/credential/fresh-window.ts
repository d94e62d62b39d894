import type { ClockWatch } from './clock-watch.ts'
import type { Credential } from './credential.ts'
import { timeSince, type Instant } from './instant.ts'
import type { Held } from './renewal-state.ts'

// A time that still is a small number: nothing is lost when a window of more than twelve days is opened again.
const longestMs = 2 ** 30

/**
 * For how long a credential can be handed out without another look at it.
 *
 * Only whether the clock was set back is looked at. One object for all windows of a source, as small as can be: a program may have very many.
 */
export class FreshWindow {
  #credential: Credential | undefined
  // By the clock's watch.
  #until = 0
  #era = 0

  /** The credential, if this is a time within the window. */
  at(watch: ClockWatch): Credential | undefined {
    return watch.time() < this.#until && watch.era === this.#era ? this.#credential : undefined
  }

  /**
   * Opens it at this instant, until the credential is due or at its end, whichever comes first. The instant is
   * one after the watch has looked: what is done to the clock between the two shuts the window.
   */
  open(held: Held, at: Instant, watch: ClockWatch): void {
    const left = Math.min(held.dueAt, held.endsAt) - timeSince(held, at)
    this.#credential = held.credential
    this.#until = watch.timeAt(at.now) + Math.min(Math.floor(left), longestMs)
    this.#era = watch.era
  }

  /** Something has happened: there is everything to look at again. */
  close(): void {
    this.#credential = undefined
  }
}
