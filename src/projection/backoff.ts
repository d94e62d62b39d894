import type { Clock, Random } from '../credential/clock.ts'
import { nextCooldown, type Cooldown, type CooldownPolicy } from '../credential/cooldown.ts'
import { instantOf } from '../credential/instant.ts'

/** What a {@link Backoff} goes by. */
export interface BackoffPlan {
  readonly policy: CooldownPolicy
  readonly clock: Clock
  readonly random: Random
}

/** How long to leave something alone that has failed so many times in a row. */
export class Backoff {
  readonly #plan: BackoffPlan
  #cooldown: Cooldown | undefined

  constructor(plan: BackoffPlan) {
    this.#plan = plan
  }

  /** It has failed once more. @returns Milliseconds until it may be tried again. */
  failed(error: unknown): number {
    const { policy, clock, random } = this.#plan
    const cause = { kind: 'failed', error } as const
    this.#cooldown = nextCooldown(policy, this.#cooldown, cause, instantOf(clock), random())
    return this.#cooldown.stepMs
  }

  /** It works again. */
  succeeded(): void {
    this.#cooldown = undefined
  }
}
