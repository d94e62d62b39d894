import type { Credential } from '../credential/credential.ts'
import { oneRun } from '../credential/one-run.ts'
import { SharedSources } from '../credential/shared-sources.ts'
import { sourceClosedError } from '../credential/source-closed-error.ts'
import type { CredentialSource, WaitOptions } from '../credential/source.ts'
import { checkObject } from '../errors/given-option.ts'
import { AccountChecks } from './account-checks.ts'
import {
  readManagerOptions,
  type TokenManagerOptions,
  type TokenManagerSettings,
} from './manager-options.ts'
import type { TokenOwner } from './token-owner.ts'
import { RequestGate } from './request-gate.ts'
import { IssuedToken, type ServiceAccountToken } from './service-account-token.ts'
import { Sweep } from './sweep.ts'
import { TokenApi } from './token-api.ts'
import { TokenCache } from './token-cache.ts'
import { TokenEntry } from './token-entry.ts'
import { TokenKeeper } from './token-keeper.ts'
import { TokenProvider, type ProviderPlan } from './token-provider.ts'
import {
  tokenSubject,
  type ServiceAccountTokenRequest,
  type TokenSubject,
} from './token-subject.ts'

/** How a token is wanted. */
export interface TokenOptions extends WaitOptions {
  /** A token of the caller's own, straight from the server: none that others have, and none that they get. */
  readonly bypassCache?: boolean | undefined
}

/**
 * Gets tokens of ServiceAccounts from the TokenRequest API, keeps them fresh and shares them, as the
 * manager in the kubelet does, which {@link https://kubernetes.io/docs/concepts/storage/projected-volumes/ projected
 * volumes} come from.
 *
 * @example
 * ```ts
 * import { TokenManager } from 'kubecred/token'
 * import { connect, tokenClient } from 'kubecred/undici'
 *
 * const cluster = await connect()
 * const manager = new TokenManager({ client: tokenClient(cluster) })
 * const { token, expiresAt } = await manager.getServiceAccountToken({
 *   namespace: 'ci',
 *   name: 'deployer',
 *   audiences: ['https://vault.example'],
 * })
 * ```
 */
export class TokenManager implements AsyncDisposable {
  readonly #settings: TokenManagerSettings
  readonly #cache: TokenCache
  readonly #api: TokenApi
  readonly #sweep: Sweep
  readonly #checks: AccountChecks | undefined
  readonly #followed = new SharedSources()
  readonly #closing = new AbortController()
  readonly #providers: ProviderPlan
  readonly #keeper: TokenKeeper | undefined
  #restoring: Promise<void> | undefined
  #closed: Promise<void> | undefined
  #follows = 0
  #newest: TokenSubject | undefined

  /** @throws TypeError for an option that cannot work. */
  constructor(options: TokenManagerOptions) {
    this.#settings = readManagerOptions(options)
    const { client, maxInFlight, requestTimeoutMs, maxEntries, checkAccountsMs } = this.#settings
    const { clock, random, cooldown, deadlineMs: patienceMs } = this.#settings.renewal
    const closing = this.#closing.signal
    const gate = new RequestGate({ maxInFlight, cooldown, patienceMs, clock, random })
    this.#api = new TokenApi({ client, gate, requestTimeoutMs, clock, closing })
    this.#cache = new TokenCache(maxEntries)
    this.#sweep = new Sweep(this.#cache, clock)
    this.#providers = {
      api: this.#api,
      node: this.#settings.node,
      accountOf: (subject) => this.#cache.accountOf(subject),
      ready: () => this.#restoring,
      onNew: () => this.#keeper?.changed(),
    }
    this.#keeper = this.#newKeeper()
    this.#checks = checkAccountsMs > 0 ? this.#newChecks(checkAccountsMs) : undefined
    this.#restoring = this.#keeper?.restore().finally(() => (this.#restoring = undefined))
  }

  /** Number of tokens in the cache, those that are being got among them. */
  get size(): number {
    return this.#cache.size
  }

  /**
   * A token: the one in the cache while it is good, else a new one, which all who ask for the same share. When
   * it is due, the kubelet's 80 % of its life at the latest, it is renewed behind its callers; should that
   * fail, it serves until its end. A caller waits five minutes at most, and not at all while the server has
   * asked to be left alone for longer (`details.retryInMs`).
   *
   * @throws {@link KubecredError} `ERR_TOKEN_REQUEST` (with the server's `statusCode` and `reason` in its
   *   details), `ERR_TOKEN_REPLY`, `ERR_TOKEN_ACCOUNT`, `ERR_CONNECTION`, `ERR_TIMEOUT`,
   *   `ERR_RENEWAL_DEADLINE`, `ERR_CLOSED`; TypeError for a request that can be none; the signal's reason.
   */
  async getServiceAccountToken(
    request: ServiceAccountTokenRequest,
    { signal, bypassCache = false }: TokenOptions = {},
  ): Promise<ServiceAccountToken> {
    if (bypassCache) return await this.#unshared(request, signal)
    const entry = this.#entryOf(request)
    return issued(entry.current() ?? (await entry.get({ signal })))
  }

  /**
   * Says that a server answered 401 to a token, and gives the one to try instead: a new one, or the same when
   * there is no better. When the new one shows that the ServiceAccount was recreated, all tokens of the old
   * one are dropped.
   *
   * @throws As {@link TokenManager.getServiceAccountToken}; TypeError for what is no token of this manager.
   */
  async rejected(
    token: ServiceAccountToken,
    options: WaitOptions = {},
  ): Promise<ServiceAccountToken> {
    const origin = IssuedToken.originOf(token)
    if (origin === undefined) throw new TypeError('"token" must be one that a token manager gave')
    return issued(await this.#entryOf(origin.subject).rejected(token, options))
  }

  /**
   * The token as a source of credentials, which a transport can spend or a program can iterate; it stays in
   * the cache until its users have closed it, and ends when its owner is deleted here.
   *
   * @throws TypeError for a request that can be none. {@link KubecredError} `ERR_CLOSED`.
   */
  source(request: ServiceAccountTokenRequest): CredentialSource {
    const entry = this.#entryOf(request)
    const key = entry.follow(() => `${++this.#follows}`)
    this.#cache.keep(entry)
    const release = async (): Promise<void> => {
      entry.unfollow()
      this.#cache.letGo(entry)
    }
    return this.#followed.open(key, () => entry, release)
  }

  /**
   * Forgets all tokens that are bound to the object with this UID, a Pod's as a rule, as the kubelet does when
   * a pod has gone. Who waits for one gets it all the same.
   *
   * @returns How many.
   */
  deleteServiceAccountToken(podUid: string): number {
    return this.deleteTokensOf({ uid: podUid })
  }

  /**
   * Forgets all tokens of an owner, as {@link TokenManager.deleteServiceAccountToken} does; those in the store, too,
   * also while it is still being read.
   *
   * @throws TypeError for what can be no owner.
   */
  deleteTokensOf(owner: TokenOwner): number {
    checkObject('owner', owner)
    const entries = this.#cache.removeOwned(owner)
    for (const entry of entries) if (entry.isFollowed) void entry.close()
    this.#keeper?.forget(owner)
    return entries.length
  }

  /** Lets go of everything; whoever waits gets `ERR_CLOSED`. A store is saved to once more. Idempotent. */
  async close(): Promise<void> {
    await (this.#closed ??= this.#close())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #close(): Promise<void> {
    this.#closing.abort(sourceClosedError('token manager'))
    this.#sweep.close()
    this.#checks?.close()
    const saved = this.#keeper?.close()
    const entries = this.#cache.entries()
    for (const entry of entries) this.#cache.remove(entry)
    await Promise.all([saved, ...entries.map((entry) => entry.close())])
  }

  #newKeeper(): TokenKeeper | undefined {
    const { store, renewal } = this.#settings
    if (store === undefined) return undefined
    return new TokenKeeper({
      store,
      clock: renewal.clock,
      entries: () => this.#cache.entries(),
      entryOf: (request) => this.#entryOf(request),
    })
  }

  #newChecks(everyMs: number): AccountChecks {
    return new AccountChecks({
      api: this.#api,
      clock: this.#settings.renewal.clock,
      everyMs,
      accounts: () => this.#cache.accounts(),
      onRecreated: () => this.#keeper?.changed(),
    })
  }

  #entryOf(request: ServiceAccountTokenRequest): TokenEntry {
    checkObject('request', request)
    return this.#cache.use(request) ?? this.#newEntry(request)
  }

  #newEntry(request: ServiceAccountTokenRequest): TokenEntry {
    this.#closing.signal.throwIfAborted()
    const subject = tokenSubject(request, this.#newest)
    this.#newest = subject
    const account = this.#cache.accountOf(subject)
    const provider = new TokenProvider(subject, this.#providers)
    const entry = new TokenEntry(provider, account, this.#settings.renewal)
    this.#cache.add(entry)
    this.#sweep.wanted()
    return entry
  }

  async #unshared(
    request: ServiceAccountTokenRequest,
    signal: AbortSignal | undefined,
  ): Promise<ServiceAccountToken> {
    checkObject('request', request)
    this.#closing.signal.throwIfAborted()
    signal?.throwIfAborted()
    const provider = new TokenProvider(tokenSubject(request), this.#providers)
    const { deadlineMs, clock } = this.#settings.renewal
    return issued(await oneRun({ provider: provider.unshared, deadlineMs, clock, signal }))
  }
}

function issued(credential: Credential): ServiceAccountToken {
  if (credential instanceof IssuedToken) return credential
  throw new TypeError('a token manager holds no other credentials than its own')
}
