import type { Credential } from '../credential/credential.ts'
import type { CredentialProvider, ProvideRequest } from '../credential/provider.ts'
import { KubecredError, messageOf } from '../errors/kubecred-error.ts'
import type { RenewalReason } from '../events/channels.ts'
import type { Account } from './account.ts'
import { IssuedToken, type TokenOrigin } from './service-account-token.ts'
import type { Asking } from './request-gate.ts'
import type { TokenApi } from './token-api.ts'
import { keyText } from './token-key.ts'
import { placeOf } from './token-schedule.ts'
import type { TokenSubject } from './token-subject.ts'

// An account that is made anew each time that it is looked at is no account to have a token of.
const mostTries = 3

/** What the providers of a manager have in common. */
export interface ProviderPlan {
  readonly api: TokenApi
  /** What tells this manager from those on other nodes. */
  readonly node: string
  /** The ServiceAccount of a token, as it is known when this is called. */
  readonly accountOf: (subject: TokenSubject) => Pick<Account, 'learn'>
  /** Until then no token is asked for; undefined when there is nothing to wait for. */
  readonly ready: () => Promise<void> | undefined
  /** Called when a token has come. */
  readonly onNew: () => void
}

/** Gets the tokens for one request. */
export class TokenProvider implements CredentialProvider, TokenOrigin {
  readonly subject: TokenSubject
  readonly #plan: ProviderPlan
  #restored: IssuedToken | undefined

  constructor(subject: TokenSubject, plan: ProviderPlan) {
    this.subject = subject
    this.#plan = plan
  }

  /** Its text is long, and needed when something is told of it only. */
  get name(): string {
    return `token ${keyText(this.subject)}`
  }

  /** Reckoned anew each time: it is needed when a token has come only. */
  get place(): number {
    return placeOf(this.#plan.node, keyText(this.subject))
  }

  get kind(): string {
    return 'token-request'
  }

  get runsAhead(): boolean {
    return true
  }

  /** Gives this token the next time it is asked, instead of a new one. */
  provideOnce(token: IssuedToken): void {
    this.#restored = token
  }

  async provide(request: ProvideRequest): Promise<Credential> {
    const { reason, ahead, whenWanted, signal } = request
    this.#explain(request)
    await this.#plan.ready()
    const restored = this.#restored
    this.#restored = undefined
    return restored ?? (await this.#renewed(reason, { ahead, whenWanted, signal }))
  }

  /** The same without what is restored: it gives new tokens only, and waits for nothing but the server. */
  get unshared(): CredentialProvider {
    const { name, kind } = this
    const provide = (request: ProvideRequest): Promise<Credential> => {
      const { reason, signal } = request
      this.#explain(request)
      return this.#renewed(reason, { ahead: false, signal })
    }
    return { name, kind, runsAhead: false, provide }
  }

  /** Should the deadline pass in the line, it is told for what. */
  #explain({ explain }: ProvideRequest): void {
    explain?.(() => this.#plan.api.pauseError ?? {})
  }

  async #renewed(reason: RenewalReason, asking: Asking): Promise<Credential> {
    try {
      return await this.#request(asking)
    } catch (error) {
      throw asking.signal.aborted ? error : this.#told(error, reason)
    }
  }

  /** A token of the ServiceAccount as it is now. */
  async #request(asking: Asking): Promise<IssuedToken> {
    for (let tries = 1; tries <= mostTries; tries++) {
      const { api, accountOf, onNew } = this.#plan
      const { value, sent, got } = await api.requestToken(this.subject, asking)
      if (value instanceof KubecredError) {
        const news = accountOf(this.subject).learn({ value: undefined, sent, got })
        if (news === 'outdated') continue
        if (news === 'recreated') onNew()
        throw value
      }
      const token = new IssuedToken(value, this)
      const uid = token.serviceAccountUid
      onNew()
      if (uid === undefined) return token
      if (accountOf(this.subject).learn({ value: uid, sent, got }) === 'outdated') continue
      this.#check(uid)
      return token
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
    const { code, details } = error
    const isElsewhere = error.hint === undefined && details.statusCode === 404
    const hint = isElsewhere ? `the namespace is ${this.subject.namespace}` : error.hint
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
