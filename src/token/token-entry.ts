import type { Credential } from '../credential/credential.ts'
import { Renewer } from '../credential/renewer.ts'
import type { RenewerSettings } from '../credential/renewer-options.ts'
import type { Account, AccountMember } from './account.ts'
import { outside, type Recent } from './recency.ts'
import { IssuedToken } from './service-account-token.ts'
import { isSameRequest } from './token-key.ts'
import type { TokenProvider } from './token-provider.ts'
import type { ServiceAccountTokenRequest, TokenSubject } from './token-subject.ts'

/** A token of the cache, which is a source of its own, and where it stands among the others. */
export class TokenEntry extends Renewer implements AccountMember, Recent<TokenEntry> {
  readonly provider: TokenProvider
  readonly subject: TokenSubject
  readonly account: Account<TokenEntry>
  older: TokenEntry | undefined = undefined
  newer: TokenEntry | undefined = undefined
  round: number = outside
  #followKey: string | undefined

  constructor(provider: TokenProvider, account: Account<TokenEntry>, settings: RenewerSettings) {
    super(provider, settings)
    this.provider = provider
    this.subject = provider.subject
    this.account = account
  }

  /** Whether it is what is asked for. */
  static isFor(this: void, entry: TokenEntry, request: ServiceAccountTokenRequest): boolean {
    return isSameRequest(entry.subject, request)
  }

  /** Whether somebody follows it: it stays then, whatever becomes of the token. */
  get isFollowed(): boolean {
    return this.#followKey !== undefined
  }

  /** Under what those who follow it share it; `fresh` gives a key that nobody has, for the first of them. */
  follow(fresh: () => string): string {
    return (this.#followKey ??= fresh())
  }

  /** Nobody follows it any more. */
  unfollow(): void {
    this.#followKey = undefined
  }

  keepOnly(uid: string | undefined): boolean {
    const isOfAnother = (credential: Credential): boolean =>
      uid === undefined ||
      !(credential instanceof IssuedToken) ||
      credential.serviceAccountUid !== uid
    const { held } = this
    this.withdraw(isOfAnother)
    return held !== undefined && isOfAnother(held)
  }
}
