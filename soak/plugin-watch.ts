/** How often a source may run its plugin. */
export interface RunLimits {
  /** Most runs that may fail within {@link windowMs}: what the cooldown permits. */
  readonly mostFailures: number
  readonly windowMs: number
}

/** Counts the runs of one plugin: one at a time, and few while it fails. */
export class PluginWatch {
  readonly #name: string
  readonly #limits: RunLimits
  readonly #failures: number[] = []
  #running = 0
  #forgivenUntil = -Infinity
  /** Runs in all. */
  runs = 0
  failed = 0

  constructor(name: string, limits: RunLimits) {
    this.#name = name
    this.#limits = limits
  }

  /** @returns What is wrong with that; undefined when nothing is. */
  started(): string | undefined {
    this.runs++
    this.#running++
    return this.#running > 1
      ? `plugin of ${this.#name} runs ${this.#running} times at once`
      : undefined
  }

  /** @returns What is wrong with that; undefined when nothing is. */
  ended(ok: boolean, now: number): string | undefined {
    this.#running = Math.max(0, this.#running - 1)
    if (ok) return undefined
    this.failed++
    const { windowMs, mostFailures } = this.#limits
    this.#failures.push(now)
    while ((this.#failures[0] ?? now) < now - windowMs) this.#failures.shift()
    if (now < this.#forgivenUntil || this.#failures.length <= mostFailures) return undefined
    return `plugin of ${this.#name} failed ${this.#failures.length} times in ${windowMs / 1000} s`
  }

  /** The clock was set, or the source is another: what came before says nothing of the cooldown. */
  forgive(now: number): void {
    this.#failures.length = 0
    this.#forgivenUntil = now + this.#limits.windowMs
  }

  /** Its process has gone, with whatever it ran. */
  reset(): void {
    this.#running = 0
  }
}
