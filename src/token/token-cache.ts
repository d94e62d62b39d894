import { publish } from '../events/channels.ts'
import { Account } from './account.ts'
import { OwnerIndex, type TokenOwner } from './owner-index.ts'
import { Recency } from './recency.ts'
import type { TokenEntry } from './token-entry.ts'
import type { TokenSubject } from './token-subject.ts'

/** Why entries leave the cache. */
export type RemovalReason = 'expired' | 'evicted' | 'deleted'

/**
 * The entries of a manager, by key, in the order of their use, by owner and by account. No step here
 * but the making of a list goes through all of them.
 */
export class TokenCache {
  readonly #maxEntries: number
  readonly #entries = new Map<string, TokenEntry>()
  readonly #accounts = new Map<string, Account<TokenEntry>>()
  readonly #recency = new Recency<TokenEntry>()
  readonly #owners = new OwnerIndex<TokenEntry>()
  // Where the search for what has ended goes on.
  #search: Iterator<TokenEntry, undefined> | undefined

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries
  }

  get size(): number {
    return this.#entries.size
  }

  /** The entry of a key, which counts as used by that. */
  use(key: string): TokenEntry | undefined {
    const entry = this.#entries.get(key)
    if (entry?.isFollowed === false) this.#recency.touch(entry)
    return entry
  }

  /** The account that a token would be of. */
  accountOf({ namespace, name }: TokenSubject): Account<TokenEntry> {
    return this.#accounts.get(`${namespace}/${name}`) ?? new Account(namespace, name)
  }

  /** Takes an entry in, and lets those go that were not used for longest while there are too many. */
  add(entry: TokenEntry): void {
    const { provider, account } = entry
    // Not afterwards: this one holds nothing yet.
    this.removeEnded(2)
    this.#entries.set(provider.key, entry)
    this.#accounts.set(`${account.namespace}/${account.name}`, account)
    account.admit(entry)
    this.#owners.add(provider.subject, entry)
    this.#recency.touch(entry)
    this.#evict(entry)
  }

  /** Keeps an entry, whatever its age, until it is let go; one that has gone already stays gone. */
  keep(entry: TokenEntry): void {
    this.#recency.remove(entry)
  }

  /** Treats it like the others again. */
  letGo(entry: TokenEntry): void {
    if (this.#entries.get(entry.provider.key) === entry) this.#recency.touch(entry)
  }

  /** Lets an entry go. */
  remove(entry: TokenEntry): void {
    const { provider, account } = entry
    if (this.#entries.get(provider.key) !== entry) return
    this.#entries.delete(provider.key)
    if (account.dismiss(entry)) this.#accounts.delete(`${account.namespace}/${account.name}`)
    this.#owners.remove(provider.subject, entry)
    this.#recency.remove(entry)
  }

  /** Lets all entries of an owner go, and gives them. */
  removeOwned(owner: TokenOwner): readonly TokenEntry[] {
    const isAccount = 'kind' in owner && owner.kind.toLowerCase() === 'serviceaccount'
    const owned = isAccount
      ? (this.#accounts.get(`${owner.namespace}/${owner.name}`)?.members() ?? [])
      : this.#owners.ownedBy(owner)
    for (const entry of owned) this.remove(entry)
    publishRemoved('deleted', owned.length)
    return owned
  }

  /**
   * Looks at so many entries, where it stopped the last time, and lets go of those that hold nothing any more.
   *
   * @returns Whether it has come to the end, from where it begins anew.
   */
  removeEnded(count: number): boolean {
    const search = (this.#search ??= this.#entries.values())
    let removed = 0
    let isOver = false
    for (let looked = 0; looked < count && !isOver; looked++) {
      const next = search.next()
      isOver = next.done === true
      if (next.done === true || next.value.isFollowed || !next.value.renewer.isVacant) continue
      this.remove(next.value)
      removed++
    }
    if (isOver) this.#search = undefined
    publishRemoved('expired', removed)
    return isOver
  }

  /** All entries. */
  entries(): readonly TokenEntry[] {
    return [...this.#entries.values()]
  }

  /** All accounts with entries. */
  accounts(): readonly Account<TokenEntry>[] {
    return [...this.#accounts.values()]
  }

  #evict(newest: TokenEntry): void {
    let count = 0
    while (this.#entries.size > this.#maxEntries) {
      // Those that are kept are not among these.
      const { oldest } = this.#recency
      if (oldest === undefined || oldest === newest) break
      this.remove(oldest)
      count++
    }
    publishRemoved('evicted', count)
  }
}

function publishRemoved(why: RemovalReason, count: number): void {
  if (count > 0) publish('kubecred:token:removed', () => ({ why, count }))
}
