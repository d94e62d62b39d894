import type { Clock, Timer } from '../credential/clock.ts'
import type { Account } from './account.ts'
import type { TokenApi } from './token-api.ts'

/** What {@link AccountChecks} needs. */
export interface AccountChecksPlan {
  readonly api: TokenApi
  readonly clock: Clock
  /** Time between two rounds, milliseconds. */
  readonly everyMs: number
  readonly accounts: () => readonly Account[]
  /** Called when one was recreated. */
  readonly onRecreated: () => void
}

// However many there are: renewals stand in the same line, and have less time.
const atOnce = 4

/** Looks at ServiceAccounts again and again, to notice a recreated one without a new token. */
export class AccountChecks {
  readonly #plan: AccountChecksPlan
  readonly #stop = new AbortController()
  #timer: Timer

  constructor(plan: AccountChecksPlan) {
    this.#plan = plan
    this.#timer = this.#wait()
  }

  /** Ends it; what is under way is given up. */
  close(): void {
    this.#timer.cancel()
    this.#stop.abort()
  }

  #wait(): Timer {
    const { clock, everyMs } = this.#plan
    return clock.after(everyMs, () => void this.#round())
  }

  async #round(): Promise<void> {
    const accounts = this.#plan.accounts().values()
    await Promise.all(Array.from({ length: atOnce }, () => this.#checkEach(accounts)))
    if (!this.#stop.signal.aborted) this.#timer = this.#wait()
  }

  async #checkEach(accounts: Iterable<Account>): Promise<void> {
    for (const account of accounts) {
      if (this.#stop.signal.aborted) return
      await this.#check(account)
    }
  }

  /** One that cannot be looked at now is looked at in the next round; whoever wants its tokens hears why. */
  async #check(account: Account): Promise<void> {
    const asking = { ahead: true, signal: this.#stop.signal }
    try {
      const news = account.learn(await this.#plan.api.accountUid(account, asking))
      if (news === 'recreated') this.#plan.onRecreated()
    } catch {
      return
    }
  }
}
