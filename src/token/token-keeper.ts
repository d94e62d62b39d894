import { atMost } from '../credential/at-most.ts'
import type { Clock, Timer } from '../credential/clock.ts'
import { KubecredError, messageOf } from '../errors/kubecred-error.ts'
import { publish } from '../events/channels.ts'
import { IssuedToken } from './service-account-token.ts'
import type { TokenEntry } from './token-entry.ts'
import { isOwnedBy, type TokenOwner } from './token-owner.ts'
import { endOf, issuedAt } from './token-schedule.ts'
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

// A store that does not answer holds up neither the first tokens nor the end of a program for longer.
const longestWaitMs = 10_000
const leastBetweenSavesMs = 1000
// With very many tokens to write, this share of the time at most goes into it: one in so many.
const shareOfTime = 20
// Between these many the event loop turns.
const slice = 500

/** Keeps what a manager holds in a store: takes it from there at the start, and saves what is new. */
export class TokenKeeper {
  readonly #plan: KeeperPlan
  // Until then there is less in the manager than in the store, which is not saved over.
  #isRestored = false
  #loading: Promise<readonly StoredToken[] | undefined> | undefined
  // Owners who went in that time: the store may still have tokens of theirs. Later nobody asks for them.
  #gone: TokenOwner[] | undefined = []
  #isDirty = false
  readonly #closing = Promise.withResolvers<void>()
  #isClosed = false
  #timer: Timer | undefined
  #saving: Promise<boolean> | undefined
  #pauseMs = leastBetweenSavesMs

  constructor(plan: KeeperPlan) {
    this.#plan = plan
  }

  /** Takes what the store has. What is late is not taken, and never saved over. */
  async restore(): Promise<void> {
    this.#loading = this.#load()
    const stored = await this.#loading
    if (stored !== undefined) await this.#adoptAll(stored)
    if (this.#isClosed) return
    this.#gone = undefined
    this.#isRestored = stored !== undefined
    if (this.#isDirty) this.changed()
  }

  /** Tokens of this owner do not come back: what the store has of them is not taken, and does not stay there. */
  forget(owner: TokenOwner): void {
    this.#gone?.push({ ...owner })
    this.changed()
  }

  /** There is something else to save, a second from now. */
  changed(): void {
    this.#isDirty = true
    if (this.#timer !== undefined || this.#saving !== undefined) return
    if (this.#isClosed || !this.#isRestored) return
    this.#timer = this.#plan.clock.after(this.#pauseMs, () => {
      this.#timer = undefined
      void this.#save()
    })
  }

  /** Saves once more. What the manager holds is looked at before this returns. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#timer?.cancel()
    const tokens = this.#isRestored ? this.#tokens() : await this.#leftInStore()
    if (tokens === undefined) return
    const outcome = { isOver: false }
    const last = this.#lastSave(tokens).then(() => (outcome.isOver = true))
    await atMost(longestWaitMs, last, this.#plan.clock)
    if (!outcome.isOver) publishFailure('save', storeError('did not save'))
  }

  /** What the store has without what is gone; undefined when it has nothing of that, or does not say. */
  async #leftInStore(): Promise<readonly StoredToken[] | undefined> {
    if (!this.#gone?.length) {
      this.#closing.resolve()
      return undefined
    }
    const stored = (await this.#loading) ?? []
    const left = stored.filter((token) => !this.#isGone(token))
    return left.length < stored.length ? left : undefined
  }

  async #lastSave(tokens: readonly StoredToken[]): Promise<void> {
    await this.#saving
    if (this.#isDirty) await this.#save(tokens)
  }

  /** What the store has; undefined when it does not say in time. */
  async #load(): Promise<readonly StoredToken[] | undefined> {
    const { store, clock } = this.#plan
    const answer: { tokens?: readonly StoredToken[] } = {}
    const loading = attempt('load', async () => {
      answer.tokens = await store.load()
    }).then(() => (answer.tokens ??= []))
    await atMost(longestWaitMs, Promise.race([loading, this.#closing.promise]), clock)
    if (answer.tokens === undefined && !this.#isClosed) {
      publishFailure('load', storeError('gave nothing'))
    }
    return answer.tokens
  }

  async #adoptAll(stored: readonly StoredToken[]): Promise<void> {
    const { clock } = this.#plan
    const alive = stored.filter((token) => endOf(token) > clock.now())
    // Those of an account that was recreated meanwhile go when a later one of it comes.
    const inOrder = alive.toSorted((one, other) => issuedAt(one) - issuedAt(other))
    let count = 0
    for (const [index, token] of inOrder.entries()) {
      if (index % slice === slice - 1) await nextTurn()
      if (this.#isClosed) return
      // One that can be none is no reason to lose the others.
      await attempt('load', () => {
        if (this.#adopt(token)) count++
      })
    }
    publish('kubecred:token:restored', () => ({ count }))
  }

  #isGone({ request }: StoredToken): boolean {
    return this.#gone?.some((owner) => isOwnedBy(request, owner)) ?? false
  }

  #adopt(stored: StoredToken): boolean {
    if (this.#isGone(stored)) return false
    const entry = this.#plan.entryOf(stored.request)
    const { provider, account } = entry
    const { serviceAccountUid: uid } = stored
    // Older than any reply: sent and got before the first of them.
    const isOutdated =
      uid !== undefined && account.learn({ value: uid, sent: 0, got: 0 }) === 'outdated'
    if (isOutdated || entry.held !== undefined) return false
    const parts = { ...stored, token: stored.token.reveal() }
    provider.provideOnce(new IssuedToken(parts, provider))
    entry.get().catch(() => undefined)
    return true
  }

  async #save(tokens: readonly StoredToken[] = this.#tokens()): Promise<void> {
    const { store, clock } = this.#plan
    this.#isDirty = false
    const began = clock.monotonic()
    const saving = attempt('save', () => store.save(tokens))
    this.#saving = saving
    const isSaved = await saving
    this.#pauseMs = Math.max(leastBetweenSavesMs, (clock.monotonic() - began) * shareOfTime)
    this.#saved(isSaved)
  }

  #saved(isSaved: boolean): void {
    this.#saving = undefined
    if (this.#isDirty) this.changed()
    // Not at once, and again and again: with what changes next, or at the close.
    this.#isDirty ||= !isSaved
  }

  #tokens(): readonly StoredToken[] {
    const now = this.#plan.clock.now()
    return this.#plan.entries().flatMap(({ held, subject: request }) => {
      if (!(held instanceof IssuedToken)) return []
      const { token, expiresAt, expirationSeconds, audiences, serviceAccountUid } = held
      const receivedAt = IssuedToken.receivedAt(held)
      const life = { expiresAt, expirationSeconds, receivedAt }
      return endOf(life) > now ? { request, token, ...life, audiences, serviceAccountUid } : []
    })
  }
}

async function nextTurn(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve)
  })
}

/** Whether it could be done; what it throws is told as an event. */
async function attempt(
  operation: 'load' | 'save',
  act: () => Promise<void> | void,
): Promise<boolean> {
  try {
    await act()
    return true
  } catch (error) {
    publishFailure(operation, error)
    return false
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
  const message = `the store of the tokens ${words} within ${longestWaitMs / 1000} s`
  return new KubecredError('ERR_TOKEN_STORE', message)
}
