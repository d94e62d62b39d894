/**
 * Where connections wait before they carry another request, until the event loop has looked once at
 * what has come for them: bytes that nobody asked for must not become the answer to the next request.
 * As undici does it (GHSA-35p6-xmwp-9g52), but with one turn of the loop for all that wait.
 */
export class Settling {
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
      const settled = this.#looked
      this.#looked = this.#new
      this.#new = []
      if (this.#looked.length > 0) this.#schedule()
      for (const then of settled) then()
    })
  }
}
