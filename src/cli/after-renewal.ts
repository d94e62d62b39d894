import type { MetricFamily } from '../doors/metrics.ts'

/** Does something; what went wrong, in words, or undefined. */
export type Reaction = () => Promise<string | undefined>

/** What is done after each change of the files: one time after the other, and never two at once. */
export class AfterRenewal {
  readonly #reactions: readonly Reaction[]
  readonly #failed: (problem: string) => void
  readonly #counts = { failed: 0, ok: 0 }
  #running: Promise<void> | undefined
  #isWanted = false

  /** @param failed Told of what went wrong. */
  constructor(reactions: readonly Reaction[], failed: (problem: string) => void) {
    this.#reactions = reactions
    this.#failed = failed
  }

  /** The files have changed. Changes that come meanwhile are one. */
  changed(): void {
    this.#isWanted = true
    this.#running ??= this.#run()
  }

  /** Waits for what goes on. */
  async settled(): Promise<void> {
    await this.#running
  }

  /** How often it went well and how often not; empty where there is nothing to do. */
  families(): readonly MetricFamily[] {
    const name = 'kubecred_after_renewal_total'
    const help = 'Commands that were run and signals that were sent after a change of the files.'
    if (this.#reactions.length === 0) return []
    const samples = Object.entries(this.#counts).map(([status, value]) => {
      return { name, labels: { status }, value }
    })
    return [{ name, help, type: 'counter', samples }]
  }

  async #run(): Promise<void> {
    while (this.#isWanted) {
      this.#isWanted = false
      for (const react of this.#reactions) {
        const problem = await react()
        this.#counts[problem === undefined ? 'ok' : 'failed']++
        if (problem !== undefined) this.#failed(problem)
      }
    }
    // In the same step as the last look: a change that comes afterwards begins anew.
    this.#running = undefined
  }
}
