import type { Credential } from '../credential/credential.ts'
import { sourceClosedError } from '../credential/source-closed-error.ts'
import type { CredentialSource } from '../credential/source.ts'
import { KubecredError } from '../errors/kubecred-error.ts'
import { subscribe } from '../events/channels.ts'
import type { TokenManager } from '../token/token-manager.ts'
import type { ServiceAccountTokenRequest } from '../token/token-subject.ts'
import { Backoff, type BackoffPlan } from './backoff.ts'
import { pause } from './pause.ts'
import type { Troubles } from './troubles.ts'
import type { TokenProjection } from './volume.ts'

/** What {@link FollowedTokens} needs. */
export interface FollowedTokensPlan {
  readonly manager: Pick<TokenManager, 'source'>
  readonly requests: ReadonlyMap<TokenProjection, ServiceAccountTokenRequest>
  readonly troubles: Troubles
  readonly backoff: BackoffPlan
  /** Called with each new token. */
  readonly arrived: (projection: TokenProjection, token: Credential) => void
}

/** The tokens of a volume, each followed until it is closed, whatever fails meanwhile. */
export class FollowedTokens {
  readonly #plan: FollowedTokensPlan
  readonly #stop = new AbortController()
  readonly #ends: Promise<void>[] = []

  /** Begins with all of them. */
  constructor(plan: FollowedTokensPlan) {
    this.#plan = plan
    for (const [projection, request] of plan.requests) {
      this.#ends.push(this.#follow(projection, plan.manager.source(request)))
    }
  }

  /** Lets go of them. */
  async close(): Promise<void> {
    this.#stop.abort()
    await Promise.all(this.#ends)
  }

  async #follow(projection: TokenProjection, source: CredentialSource): Promise<void> {
    const { troubles } = this.#plan
    const key = `token ${projection.path}`
    // A renewal ahead of need that fails is no error to who iterates; nor does the token that comes first
    // say whether one has failed since it was got.
    const ends = [
      subscribe('kubecred:credential:failed', (event) => {
        if (event.source !== source.name || !event.usable) return
        const { errorCode, message, hint, retryInMs } = event
        troubles.note(key, { part: 'token', errorCode, message, hint, retryInMs })
      }),
      subscribe('kubecred:credential:renewed', (event) => {
        if (event.source === source.name) troubles.remove(key)
      }),
    ]
    const backoff = new Backoff(this.#plan.backoff)
    try {
      for (let more = true; more && !this.#isStopped;) {
        more = await this.#iterate(projection, source, key, backoff)
      }
    } finally {
      for (const end of ends) end()
      await source.close()
    }
  }

  /** @returns Whether to iterate once more. */
  async #iterate(
    projection: TokenProjection,
    source: CredentialSource,
    key: string,
    backoff: Backoff,
  ): Promise<boolean> {
    const { troubles, arrived } = this.#plan
    const { signal } = this.#stop
    try {
      for await (const token of source.credentials({ signal })) {
        backoff.succeeded()
        arrived(projection, token)
      }
      if (this.#isStopped) return false
      // Its owner was deleted, or the manager closed: there is nothing to wait for.
      troubles.add(key, 'token', sourceClosedError(source.name), 0)
      return false
    } catch (error) {
      if (this.#isStopped) return false
      const asked = error instanceof KubecredError ? error.details.retryInMs : undefined
      const retryInMs = asked ?? backoff.failed(error)
      troubles.add(key, 'token', error, retryInMs)
      await pause(retryInMs, this.#plan.backoff.clock, signal)
      return true
    }
  }

  // It may have been stopped while something was awaited, which the compiler does not see.
  get #isStopped(): boolean {
    return this.#stop.signal.aborted
  }
}
