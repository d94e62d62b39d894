import { hostname } from 'node:os'

import { systemClock, systemRandom, type Clock, type Random } from '../credential/clock.ts'
import type { CooldownPolicy } from '../credential/cooldown.ts'
import { readRenewerOptions, type RenewerSettings } from '../credential/renewer-options.ts'
import { atLeastOne, atLeastZero } from '../errors/number-option.ts'
import { checkFunction, checkOptions } from '../errors/given-option.ts'
import type { TokenClient } from '../api/token-client.ts'
import { spreadLife } from './token-schedule.ts'
import { IssuedToken } from './service-account-token.ts'
import type { TokenStore } from './token-store.ts'

/** Settings of a `TokenManager`. */
export interface TokenManagerOptions {
  /** Sends the requests. */
  readonly client: TokenClient
  /**
   * Names this machine, or this one of several managers for the same tokens: each renews at other moments.
   * The same name after a restart means the same moments. Default: the host's name.
   */
  readonly node?: string | undefined
  /** Most requests at a time, over all keys. Default: 10. */
  readonly maxInFlight?: number | undefined
  /**
   * Most tokens in the cache; beyond, the one that was not asked for longest leaves. Which of two was asked for
   * later is known to within the time in which an eighth of all comes in anew. Default: 100 000.
   */
  readonly maxEntries?: number | undefined
  /** Longest that a request may take once it was sent, milliseconds. Default: 30 000. */
  readonly requestTimeoutMs?: number | undefined
  /**
   * How long a token that cannot be had is left alone, and, where it is the server that fails, all tokens
   * that nobody waits for. A server that asks for more (`Retry-After`) gets it. Default: 1 s, doubling up to 30 s.
   */
  readonly cooldown?: CooldownPolicy | undefined
  /**
   * How often each ServiceAccount with tokens in the cache is looked at, to see whether it was recreated,
   * milliseconds; 0 for never. Needs the verb `get` on `serviceaccounts`; a look that fails is told on the channel
   * `kubecred:token:check-failed`. Default: 0.
   */
  readonly checkAccountsMs?: number | undefined
  /**
   * Where tokens are kept from one run of the program to the next, so that a restart makes no requests.
   * Default: nowhere.
   */
  readonly store?: TokenStore | undefined
  /** Default: the machine's time. */
  readonly clock?: Clock | undefined
  /** Source of the jitter of cooldowns. Default: the machine's. */
  readonly random?: Random | undefined
}

/** {@link TokenManagerOptions} with nothing left out. */
export interface TokenManagerSettings {
  readonly client: TokenClient
  readonly node: string
  readonly maxInFlight: number
  readonly maxEntries: number
  readonly requestTimeoutMs: number
  readonly checkAccountsMs: number
  readonly store: TokenStore | undefined
  /** Shared by the renewers of all keys. */
  readonly renewal: RenewerSettings
}

// A renewal ahead of need may stand in line for long, when very many are due at once and the server is away;
// what it waits for is bounded elsewhere, and whoever needs it takes it to the front.
const longestRenewalMs = 3_600_000

/**
 * Checks the options and fills in the defaults.
 *
 * @throws TypeError for an option that cannot work.
 */
export function readManagerOptions(options: TokenManagerOptions): TokenManagerSettings {
  checkOptions('"options" of TokenManager', options)
  const { client, clock = systemClock, random = systemRandom, cooldown } = options
  checkFunction('client', client)
  return {
    client,
    node: options.node ?? hostname(),
    maxInFlight: atLeastOne('maxInFlight', options.maxInFlight ?? 10),
    maxEntries: atLeastOne('maxEntries', options.maxEntries ?? 100_000),
    requestTimeoutMs: atLeastOne('requestTimeoutMs', options.requestTimeoutMs ?? 30_000),
    checkAccountsMs: atLeastZero('checkAccountsMs', options.checkAccountsMs ?? 0),
    store: options.store,
    renewal: readRenewerOptions({
      cooldown,
      clock,
      random,
      aheadDeadlineMs: longestRenewalMs,
      schedule: (credential) => {
        const origin = IssuedToken.originOf(credential)
        if (!(credential instanceof IssuedToken) || origin === undefined) {
          throw new TypeError('only tokens of this manager are scheduled here')
        }
        // Not when it came here: one that is restored is due when it was before.
        return spreadLife(credential, origin.place, IssuedToken.receivedAt(credential))
      },
    }),
  }
}
