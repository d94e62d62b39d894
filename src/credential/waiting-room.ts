import type { Credential } from './credential.ts'
import { onceAborted } from './leaving.ts'

type Waiter = PromiseWithResolvers<Credential>

/** The callers that wait for a renewal; each can leave without disturbing the others. */
export class WaitingRoom {
  readonly #waiters = new Set<Waiter>()
  readonly #onOccupied: (occupied: boolean) => void

  /** @param onOccupied Told when the first caller comes, and when the last one has gone. */
  constructor(onOccupied: (occupied: boolean) => void) {
    this.#onOccupied = onOccupied
  }

  get waiters(): number {
    return this.#waiters.size
  }

  /** Waits for the next outcome, or throws the signal's reason when the signal comes first. */
  async wait(signal: AbortSignal | undefined): Promise<Credential> {
    signal?.throwIfAborted()
    const waiter: Waiter = Promise.withResolvers()
    const stay =
      signal &&
      onceAborted(signal, () => {
        this.#leave(waiter)
        waiter.reject(signal.reason)
      })
    this.#waiters.add(waiter)
    if (this.#waiters.size === 1) this.#onOccupied(true)
    try {
      return await waiter.promise
    } finally {
      stay?.()
    }
  }

  /** Gives everybody who waits the credential, and is empty at once. */
  admit(credential: Credential): void {
    for (const waiter of this.#everybody()) waiter.resolve(credential)
  }

  /** Gives everybody who waits the error, and is empty at once. */
  turnAway(error: unknown): void {
    for (const waiter of this.#everybody()) waiter.reject(error)
  }

  #everybody(): Waiter[] {
    const waiters = [...this.#waiters]
    for (const waiter of waiters) this.#leave(waiter)
    return waiters
  }

  #leave(waiter: Waiter): void {
    if (this.#waiters.delete(waiter) && this.#waiters.size === 0) this.#onOccupied(false)
  }
}
