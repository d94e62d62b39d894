import { atMost } from '../credential/at-most.ts'
import type { Clock, Timer } from '../credential/clock.ts'
import { KubecredError, messageOf } from '../errors/kubecred-error.ts'
import { publish } from '../events/channels.ts'
import { IssuedToken } from './service-account-token.ts'
import type { TokenEntry } from './token-entry.ts'
import { issuedAt } from './token-schedule.ts'
import type { StoredToken, TokenStore } from './token-store.ts'
import type { ServiceAccountTokenRequest } from './token-subject.ts'

/** What a {@link TokenKeeper} works with. */
export interface KeeperPlan {
  readonly store: TokenStore
  readonly clock: Clock
  /** All entries that there are. */
  readonly entries: () => readonly TokenEntry[]
  /** The entry of a request, which may be new. Throws for a request that can be none. */
  readonly entryOf: (request: ServiceAccountTokenRequest) => TokenEntry
}

const longestLoadMs = 10_000
const leastBetweenSavesMs = 1000
// With very many tokens to write, this share of the time at most goes into it: one in so many.
const shareOfTime = 20
// Between these many the event loop turns.
const slice = 500

/** Keeps what a manager holds in a store: takes it from there at the start, and saves what is new. */
export class TokenKeeper {
  readonly #plan: KeeperPlan
  #isLoaded = false
  #isGivenUp = false
  #isDirty = false
  readonly #closing = Promise.withResolvers<void>()
  #isClosed = false
  #timer: Timer | undefined
  #saving: Promise<void> | undefined
  #pauseMs = leastBetweenSavesMs

  constructor(plan: KeeperPlan) {
    this.#plan = plan
  }

  /** Takes what the store has. What is late is not taken, and never saved over. */
  async restore(): Promise<void> {
    const stored = await this.#load()
    await attempt('load', () => this.#adoptAll(stored))
  }

  /** There is something else to save, a second from now. */
  changed(): void {
    this.#isDirty = true
    if (this.#timer !== undefined || this.#saving !== undefined || this.#isClosed) return
    this.#timer = this.#plan.clock.after(this.#pauseMs, () => {
      this.#timer = undefined
      void this.#save()
    })
  }

  /** Saves once more. What the manager holds is looked at before this returns. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#closing.resolve()
    this.#timer?.cancel()
    const tokens = this.#tokens()
    await this.#saving
    if (this.#isDirty) await this.#save(tokens)
  }

  async #load(): Promise<readonly StoredToken[]> {
    const { store, clock } = this.#plan
    let stored: readonly StoredToken[] = []
    const loading = attempt('load', async () => {
      stored = await store.load()
    }).then(() => {
      this.#isLoaded = !this.#isGivenUp
    })
    await atMost(longestLoadMs, Promise.race([loading, this.#closing.promise]), clock)
    if (this.#isLoaded) return stored
    this.#isGivenUp = true
    if (this.#isClosed) return []
    publishFailure('load', storeError(`gave nothing within ${longestLoadMs / 1000} s`))
    return []
  }

  async #adoptAll(stored: readonly StoredToken[]): Promise<void> {
    const { clock } = this.#plan
    const alive = stored.filter(({ expiresAt }) => expiresAt > clock.now())
    // Those of an account that was recreated meanwhile go when a later one of it comes.
    const inOrder = alive.toSorted((one, other) => issuedAt(one) - issuedAt(other))
    let count = 0
    for (const [index, token] of inOrder.entries()) {
      if (index % slice === slice - 1) await nextTurn()
      if (this.#isClosed) return
      if (this.#adopt(token)) count++
    }
    publish('kubecred:token:restored', () => ({ count }))
  }

  #adopt(stored: StoredToken): boolean {
    const { provider, account, renewer } = this.#plan.entryOf(stored.request)
    const { serviceAccountUid: uid } = stored
    // Older than any reply: sent and got before the first of them.
    const isOutdated =
      uid !== undefined && account.learn({ value: uid, sent: 0, got: 0 }) === 'outdated'
    if (isOutdated || renewer.held !== undefined) return false
    const parts = { ...stored, token: stored.token.reveal(), isRestored: true }
    provider.provideOnce(new IssuedToken(parts, provider))
    renewer.get().catch(() => undefined)
    return true
  }

  async #save(tokens: readonly StoredToken[] = this.#tokens()): Promise<void> {
    const { store, clock } = this.#plan
    if (!this.#isLoaded) return
    this.#isDirty = false
    const began = clock.monotonic()
    this.#saving = attempt('save', () => store.save(tokens))
    await this.#saving
    this.#pauseMs = Math.max(leastBetweenSavesMs, (clock.monotonic() - began) * shareOfTime)
    this.#saved()
  }

  #saved(): void {
    this.#saving = undefined
    if (this.#isDirty) this.changed()
  }

  #tokens(): readonly StoredToken[] {
    const now = this.#plan.clock.now()
    return this.#plan.entries().flatMap(({ renewer: { held }, provider: { subject: request } }) => {
      if (!(held instanceof IssuedToken) || held.expiresAt <= now) return []
      const { token, expiresAt, expirationSeconds, audiences, serviceAccountUid } = held
      return { request, token, expiresAt, expirationSeconds, audiences, serviceAccountUid }
    })
  }
}

async function nextTurn(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve)
  })
}

async function attempt(operation: 'load' | 'save', act: () => Promise<void>): Promise<void> {
  try {
    await act()
  } catch (error) {
    publishFailure(operation, error)
  }
}

function publishFailure(operation: 'load' | 'save', error: unknown): void {
  publish('kubecred:token:store-failed', () => ({
    operation,
    errorCode: error instanceof KubecredError ? error.code : undefined,
    message: messageOf(error),
  }))
}

function storeError(words: string): KubecredError {
  return new KubecredError('ERR_TOKEN_STORE', `the store of the tokens ${words}`)
}
