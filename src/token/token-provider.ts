import type { Credential } from '../credential/credential.ts'
import type { CredentialProvider, ProvideRequest } from '../credential/provider.ts'
import { KubecredError, messageOf } from '../errors/kubecred-error.ts'
import type { RenewalReason } from '../events/channels.ts'
import type { Account } from './account.ts'
import { IssuedToken, type TokenOrigin } from './service-account-token.ts'
import type { Asking, TokenApi } from './token-api.ts'
import { keyText } from './token-key.ts'
import type { TokenSubject } from './token-subject.ts'

// An account that is made anew each time that it is looked at is no account to have a token of.
const mostTries = 3

/** Gets the tokens for one request. */
export class TokenProvider implements CredentialProvider, TokenOrigin {
  readonly subject: TokenSubject
  readonly place: number
  readonly #api: TokenApi
  readonly #account: Pick<Account, 'learn'>
  #ready: IssuedToken | undefined

  constructor(
    subject: TokenSubject,
    place: number,
    api: TokenApi,
    account: Pick<Account, 'learn'>,
  ) {
    this.subject = subject
    this.place = place
    this.#api = api
    this.#account = account
  }

  /** Its text is long, and needed when something is told of it only. */
  get name(): string {
    return `token ${keyText(this.subject)}`
  }

  get kind(): string {
    return 'token-request'
  }

  get runsAhead(): boolean {
    return true
  }

  /** Gives this token the next time it is asked, instead of a new one. */
  provideOnce(token: IssuedToken): void {
    this.#ready = token
  }

  async provide({ reason, ahead, signal }: ProvideRequest): Promise<Credential> {
    const ready = this.#ready
    this.#ready = undefined
    if (ready !== undefined) return ready
    try {
      return await this.#request({ ahead, signal })
    } catch (error) {
      throw signal.aborted ? error : this.#told(error, reason)
    }
  }

  /**
   * A new token from the server, for one caller.
   *
   * @throws {@link KubecredError} As `TokenApi.requestToken`; `ERR_TOKEN_ACCOUNT`. The reason of the signal.
   */
  async requestUnshared(signal: AbortSignal): Promise<IssuedToken> {
    try {
      return await this.#request({ ahead: false, signal })
    } catch (error) {
      throw signal.aborted ? error : this.#told(error, 'first')
    }
  }

  /** A token of the ServiceAccount as it is now. */
  async #request(asking: Asking): Promise<IssuedToken> {
    for (let tries = 1; tries <= mostTries; tries++) {
      const { value, sent, got } = await this.#api.requestToken(this.subject, asking)
      const token = new IssuedToken(value, this)
      const uid = token.serviceAccountUid
      if (uid === undefined) return token
      const news = this.#account.learn({ value: uid, sent, got })
      this.#check(uid)
      if (news !== 'outdated') return token
    }
    throw this.#accountError('is made anew all the time')
  }

  #check(uid: string): void {
    const wanted = this.subject.serviceAccountUid
    if (wanted === undefined || wanted === uid) return
    throw this.#accountError(
      `has the UID ${uid}, and was asked for with ${wanted}: it was recreated`,
    )
  }

  #accountError(words: string): KubecredError {
    const { namespace, name } = this.subject
    return new KubecredError('ERR_TOKEN_ACCOUNT', `service account ${namespace}/${name} ${words}`)
  }

  /** The failure with the kubelet's words for it. */
  #told(error: unknown, reason: RenewalReason): unknown {
    if (!(error instanceof KubecredError)) return error
    const { code, hint, details } = error
    return new KubecredError(code, `${this.#words(reason)}: ${messageOf(error)}`, {
      cause: error,
      hint,
      details,
    })
  }

  #words(reason: RenewalReason): string {
    switch (reason) {
      case 'first':
      case 'requested':
        return 'failed to fetch token'
      case 'expired':
        return `token ${keyText(this.subject)} expired and refresh failed`
      default:
        return `couldn't update token ${keyText(this.subject)}`
    }
  }
}
