/** How often a source may run its plugin. */
export interface RunLimits {
  /** Most runs that may fail within {@link windowMs}: what the cooldown permits. */
  readonly mostFailures: number
  readonly windowMs: number
}

/** Counts the runs of one plugin: one at a time, and few while it fails. */
export class PluginWatch {
  readonly name: string
  readonly #limits: RunLimits
  readonly #failures: number[] = []
  #forgivenUntil = -Infinity
  /** Runs in all. */
  runs = 0
  failed = 0

  constructor(name: string, limits: RunLimits) {
    this.name = name
    this.#limits = limits
  }

  /** Follows the runs of one process. What the process before it ran has gone with that. */
  follow(): FollowedRuns {
    return new FollowedRuns(this)
  }

  /** @returns What is wrong with that; undefined when nothing is. */
  failedAt(now: number): string | undefined {
    this.failed++
    const { windowMs, mostFailures } = this.#limits
    this.#failures.push(now)
    while ((this.#failures[0] ?? now) < now - windowMs) this.#failures.shift()
    if (now < this.#forgivenUntil || this.#failures.length <= mostFailures) return undefined
    return `plugin of ${this.name} failed ${this.#failures.length} times in ${windowMs / 1000} s`
  }

  /** The clock was set, or the source is another: what came before says nothing of the cooldown. */
  forgive(now: number): void {
    this.#failures.length = 0
    this.#forgivenUntil = now + this.#limits.windowMs
  }
}

/** The runs that one process begins and ends. */
export class FollowedRuns {
  readonly #watch: PluginWatch
  #running = 0

  constructor(watch: PluginWatch) {
    this.#watch = watch
  }

  /** @returns What is wrong with that; undefined when nothing is. */
  started(): string | undefined {
    this.#watch.runs++
    this.#running++
    if (this.#running === 1) return undefined
    return `plugin of ${this.#watch.name} runs ${this.#running} times at once`
  }

  /** @returns What is wrong with that; undefined when nothing is. */
  ended(ok: boolean, now: number): string | undefined {
    this.#running = Math.max(0, this.#running - 1)
    return ok ? undefined : this.#watch.failedAt(now)
  }
}
