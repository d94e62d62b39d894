import { Account } from './account.ts'
import type { TokenEntry } from './token-entry.ts'
import type { TokenSubject } from './token-subject.ts'

/** The ServiceAccounts that there are tokens of. */
export class Accounts {
  // A map for each namespace: one text for both names would be kept for each account.
  readonly #namespaces = new Map<string, Map<string, Account<TokenEntry>>>()

  /** The account of these names; a new one, which nobody knows yet, where there is none. */
  of({ namespace, name }: Pick<TokenSubject, 'namespace' | 'name'>): Account<TokenEntry> {
    return this.#namespaces.get(namespace)?.get(name) ?? new Account(namespace, name)
  }

  /** Notes that an entry is of its account. */
  add(entry: TokenEntry): void {
    const { account } = entry
    const names = this.#namespaces.get(account.namespace) ?? new Map<string, Account<TokenEntry>>()
    this.#namespaces.set(account.namespace, names.set(account.name, account))
    account.admit(entry)
  }

  /** Forgets an entry, and its account when it was the last one of it. */
  remove(entry: TokenEntry): void {
    const { account } = entry
    const names = this.#namespaces.get(account.namespace)
    if (!account.dismiss(entry) || names?.get(account.name) !== account) return
    names.delete(account.name)
    if (names.size === 0) this.#namespaces.delete(account.namespace)
  }

  /** All of them. */
  all(): readonly Account<TokenEntry>[] {
    return [...this.#namespaces.values()].flatMap((names) => [...names.values()])
  }
}
