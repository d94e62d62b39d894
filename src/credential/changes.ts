import type { Clock } from './clock.ts'
import { Listeners } from './listeners.ts'

/** Those who wait for something to happen to a source, each no longer than it wants to. */
export class Changes<Value = never> {
  readonly #waiting = new Set<() => void>()
  readonly #listeners = new Listeners<Value>()
  #count = 0

  /** Number of changes so far. */
  get count(): number {
    return this.#count
  }

  /** Wakes everybody, and tells those who listen of `value`, if there is one. */
  tell(value?: Value): void {
    this.#count++
    for (const wake of this.#waiting) wake()
    if (value !== undefined) this.#listeners.tell(value)
  }

  /** Calls `listener` with each value until the function that comes back is called. */
  listen(listener: (value: Value) => void): () => void {
    return this.#listeners.add(listener)
  }

  /**
   * Waits for the next change, at most `ms`, and holds the process alive meanwhile.
   *
   * @param seen The count when the caller last looked: what has changed since then ends the wait at once.
   * @throws The reason of the signal.
   */
  async wait(
    seen: number,
    ms: number,
    clock: Clock,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    signal?.throwIfAborted()
    if (seen !== this.#count) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = clock.after(ms, resolve)
    timer.hold()
    this.#waiting.add(resolve)
    const onAbort = (): void => {
      resolve()
    }
    signal?.addEventListener('abort', onAbort, { once: true })
    await promise
    timer.cancel()
    this.#waiting.delete(resolve)
    signal?.removeEventListener('abort', onAbort)
    signal?.throwIfAborted()
  }
}
