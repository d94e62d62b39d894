import type { Upstream } from './upstream.ts'

/** An upstream that another may take the place of. */
export interface RetiringUpstream extends Upstream {
  /** Takes no new requests. Fulfilled when what was under way has ended and all is closed. */
  retire(): Promise<void>
  /** Ends everything now. */
  close(): Promise<void>
}

/** The cluster of this moment, and those before it that have requests to finish. */
export class Upstreams<U extends RetiringUpstream> {
  #current: U
  readonly #all = new Set<U>()
  #closed = false

  constructor(first: U) {
    this.#current = first
    this.#all.add(first)
  }

  /** Where new requests go. */
  get current(): U {
    return this.#current
  }

  /** From now on new requests go there. */
  replace(next: U): void {
    if (this.#closed) {
      void next.close()
      return
    }
    const before = this.#current
    this.#current = next
    this.#all.add(next)
    // How closing goes is told to whoever closes all.
    const forget = (): void => {
      this.#all.delete(before)
    }
    before.retire().then(forget, forget)
  }

  /** Closes all of them. */
  async close(): Promise<void> {
    this.#closed = true
    await Promise.all([...this.#all].map((upstream) => upstream.close()))
  }
}
