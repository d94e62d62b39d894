import type { Clock } from '../credential/clock.ts'
import type { CredentialSource } from '../credential/source.ts'
import type { HeaderRules } from './authorize.ts'
import type { Generations } from './generations.ts'
import type { ReplayBudget } from './replay-body.ts'
import type { DispatchConnections } from './undici-agents.ts'

/** What the exchanges of one dispatcher share. */
export interface ExchangeContext {
  readonly source: CredentialSource
  readonly generations: Generations<DispatchConnections>
  readonly rules: HeaderRules
  readonly budget: ReplayBudget
  readonly clock: Clock
  /** URL of the server, for events. */
  readonly server: string
  readonly origin: string
}
