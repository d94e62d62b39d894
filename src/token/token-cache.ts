import { publish } from '../events/channels.ts'
import type { Account } from './account.ts'
import { Accounts } from './accounts.ts'
import { findItem, hasItem, itemsOf, withItem, withoutItem, type Few } from './few.ts'
import { Recency } from './recency.ts'
import { TokenEntry } from './token-entry.ts'
import { shelfOf } from './token-key.ts'
import { isAccount, isBoundTo, type TokenOwner } from './token-owner.ts'
import type { ServiceAccountTokenRequest, TokenSubject } from './token-subject.ts'

/** Why entries leave the cache. */
export type RemovalReason = 'expired' | 'evicted' | 'deleted'

/**
 * The entries of a manager, by what they are bound to, by their use, and by account. No step here but
 * the making of a list goes through all of them.
 */
export class TokenCache {
  readonly #maxEntries: number
  readonly #shelves = new Map<string, Few<TokenEntry>>()
  readonly #accounts = new Accounts()
  readonly #recency = new Recency<TokenEntry>()
  #size = 0

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries
  }

  get size(): number {
    return this.#size
  }

  /** The entry for a request, which counts as used by that. */
  use(request: ServiceAccountTokenRequest): TokenEntry | undefined {
    const entry = findItem(this.#shelves.get(shelfOf(request)), TokenEntry.isFor, request)
    if (entry?.isFollowed === false) this.#recency.touch(entry)
    return entry
  }

  /** The account that a token would be of. */
  accountOf(subject: TokenSubject): Account<TokenEntry> {
    return this.#accounts.of(subject)
  }

  /** Takes an entry in, and lets those go that were not used for longest while there are too many. */
  add(entry: TokenEntry): void {
    // Not afterwards: this one holds nothing yet.
    this.removeEnded(2)
    const shelf = shelfOf(entry.subject)
    this.#shelves.set(shelf, withItem(this.#shelves.get(shelf), entry))
    this.#accounts.add(entry)
    this.#recency.touch(entry)
    this.#size++
    this.#evict(entry)
  }

  /** Keeps an entry, whatever its age, until it is let go; one that has gone already stays gone. */
  keep(entry: TokenEntry): void {
    this.#recency.remove(entry)
  }

  /** Treats it like the others again. */
  letGo(entry: TokenEntry): void {
    if (this.#has(entry)) this.#recency.touch(entry)
  }

  /** Lets an entry go. */
  remove(entry: TokenEntry): void {
    if (!this.#has(entry)) return
    const shelf = shelfOf(entry.subject)
    const rest = withoutItem(this.#shelves.get(shelf), entry)
    if (rest === undefined) this.#shelves.delete(shelf)
    this.#accounts.remove(entry)
    this.#recency.remove(entry)
    this.#size--
  }

  /** Lets all entries of an owner go, and gives them. */
  removeOwned(owner: TokenOwner): readonly TokenEntry[] {
    const owned = isAccount(owner) ? this.#accounts.of(owner).members() : this.#boundTo(owner)
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
    let removed = 0
    let entry: TokenEntry | undefined
    for (let looked = 0; looked < count; looked++) {
      entry = this.#recency.next()
      if (entry === undefined) break
      if (!entry.isVacant) continue
      this.remove(entry)
      removed++
    }
    if (entry === undefined) this.#recency.restart()
    publishRemoved('expired', removed)
    return entry === undefined
  }

  /** All entries. */
  entries(): readonly TokenEntry[] {
    return [...this.#shelves.values()].flatMap(itemsOf)
  }

  /** All accounts with entries. */
  accounts(): readonly Account<TokenEntry>[] {
    return this.#accounts.all()
  }

  #boundTo(owner: TokenOwner): readonly TokenEntry[] {
    const shelf = 'uid' in owner ? owner.uid : `${owner.namespace}/${owner.name}`
    return itemsOf(this.#shelves.get(shelf)).filter(({ subject }) => isBoundTo(subject, owner))
  }

  #has(entry: TokenEntry): boolean {
    return hasItem(this.#shelves.get(shelfOf(entry.subject)), entry)
  }

  #evict(newest: TokenEntry): void {
    let count = 0
    while (this.#size > this.#maxEntries) {
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
