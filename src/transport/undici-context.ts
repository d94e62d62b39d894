import type { Duplex } from 'node:stream'

import type { Clock } from '../credential/clock.ts'
import type { CredentialSource } from '../credential/source.ts'
import { KubecredError } from '../errors/kubecred-error.ts'
import type { HeaderRules } from './authorize.ts'
import type { Generations } from './generations.ts'
import type { ReplayBudget } from './replay-budget.ts'
import type { Listed, Roster } from './roster.ts'
import type { DispatchConnections } from './undici-agents.ts'

/** An exchange that is under way, as its dispatcher knows it. */
export interface OpenExchange extends Listed {
  /** Ends it with an error, wherever it stands. */
  end(error: Error): void
}

/** What the exchanges of one dispatcher share. */
export interface ExchangeContext {
  readonly source: CredentialSource
  readonly generations: Generations<DispatchConnections>
  readonly rules: HeaderRules
  readonly budget: ReplayBudget
  readonly streams: StreamLimit
  /** Every exchange that is under way. */
  readonly open: Roster<OpenExchange>
  readonly clock: Clock
  /** URL of the server, for events. */
  readonly server: string
  readonly origin: string
}

/** Counts what stays open: watches, follows, upgrades. */
export class StreamLimit {
  readonly #most: number
  #open = 0

  constructor(most: number) {
    this.#most = most
  }

  /** @throws {@link KubecredError} `ERR_STREAM_LIMIT`. */
  take(): void {
    if (this.#open >= this.#most) {
      throw new KubecredError(
        'ERR_STREAM_LIMIT',
        `${this.#open} watches, follows and upgrades are open, which is the limit`,
        { hint: 'close some, or raise maxStreams' },
      )
    }
    this.#open++
  }

  release(): void {
    this.#open--
  }

  /** Counts a connection that was upgraded until it closes. */
  hold(socket: Duplex): void {
    this.#open++
    socket.once('close', () => {
      this.release()
    })
  }
}
