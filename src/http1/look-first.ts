import { callApart } from '../errors/call-apart.ts'

/**
 * Puts off what is to be written on used connections until the event loop has looked once more at what
 * has come for them: bytes that nobody asked for must not become the answer to the next request.
 *
 * As undici does it before each such write (GHSA-35p6-xmwp-9g52), but with one look for all that wait.
 */
export class LookFirst {
  /** Came since the loop last looked. */
  #new: (() => void)[] = []
  /** It has looked once since these came. */
  #looked: (() => void)[] = []
  #scheduled = false

  /** Calls back after the next look. */
  add(then: () => void): void {
    this.#new.push(then)
    this.#schedule()
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      const ready = this.#looked
      this.#looked = this.#new
      this.#new = []
      if (this.#looked.length > 0) this.#schedule()
      for (const then of ready) callApart(then)
    })
  }
}
