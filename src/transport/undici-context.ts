import type { Duplex } from 'node:stream'

import type { Clock } from '../credential/clock.ts'
import { KubecredError } from '../errors/kubecred-error.ts'
import type { SpentSource } from './anonymous-source.ts'
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
  readonly source: SpentSource
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
  readonly #inUse: () => () => void
  #open = 0
  #leave: (() => void) | undefined

  /** @param inUse Called when the first opens; what it gives, when the last has closed. */
  constructor(most: number, inUse: () => () => void) {
    this.#most = most
    this.#inUse = inUse
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
    this.#add()
  }

  release(): void {
    this.#open--
    if (this.#open > 0) return
    this.#leave?.()
    this.#leave = undefined
  }

  /** Counts a connection that was upgraded until it closes. */
  hold(socket: Duplex): void {
    this.#add()
    socket.once('close', () => {
      this.release()
    })
  }

  #add(): void {
    this.#open++
    this.#leave ??= this.#inUse()
  }
}
