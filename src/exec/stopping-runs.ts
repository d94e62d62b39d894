/**
 * Runs that were told to stop and have not gone yet. A plugin may hold a lock or a port until its end,
 * and one that does not heed SIGTERM takes a second: the next run has to wait for it.
 */
export class StoppingRuns {
  readonly #stopping = new Set<Promise<unknown>>()

  /** Counts a run among those that stop from the moment its signal tells it to. */
  async follow<Outcome>(run: Promise<Outcome>, signal: AbortSignal): Promise<Outcome> {
    const onAbort = (): void => void this.#stopping.add(run)
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
    try {
      return await run
    } finally {
      signal.removeEventListener('abort', onAbort)
      this.#stopping.delete(run)
    }
  }

  /** Waits until those have gone; the signal ends the wait, without an error. */
  async gone(signal: AbortSignal): Promise<void> {
    if (this.#stopping.size === 0 || signal.aborted) return
    const given = Promise.withResolvers<void>()
    const giveUp = (): void => given.resolve()
    signal.addEventListener('abort', giveUp, { once: true })
    await Promise.race([Promise.allSettled(this.#stopping), given.promise])
    signal.removeEventListener('abort', giveUp)
  }
}
