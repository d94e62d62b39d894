import type { Clock, Timer } from '../credential/clock.ts'

/** Asks a connection on which nothing comes whether the other side is still there. */
export class Silence {
  readonly #ms: number
  readonly #clock: Clock
  readonly #ask: () => void
  /** Something has come since the last look. */
  #heard = true
  #timer: Timer | undefined

  /**
   * @param ms How long it may last, milliseconds; 0 for as long as it likes.
   * @param ask Called each time that it has lasted so long, and up to twice as long.
   */
  constructor(ms: number, clock: Clock, ask: () => void) {
    this.#ms = ms
    this.#clock = clock
    this.#ask = ask
    if (ms > 0) this.#timer = this.#lookLater()
  }

  /** Something has come. */
  broken(): void {
    this.#heard = true
  }

  close(): void {
    this.#timer?.cancel()
  }

  #lookLater(): Timer {
    return this.#clock.after(this.#ms, () => {
      if (!this.#heard) this.#ask()
      this.#heard = false
      this.#timer = this.#lookLater()
    })
  }
}
