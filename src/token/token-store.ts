import type { Secret } from '../credential/secret.ts'
import type { ReceivedLife } from './token-schedule.ts'
import type { ServiceAccountTokenRequest } from './token-subject.ts'

/** A token as a {@link TokenStore} keeps it. */
export interface StoredToken extends ReceivedLife {
  /** What it was asked for with. */
  readonly request: ServiceAccountTokenRequest
  readonly token: Secret
  /** Whom it is meant for, as the server filled it in. */
  readonly audiences: readonly string[]
  readonly serviceAccountUid: string | undefined
}

/**
 * Keeps the tokens of one manager from one run of a program to the next.
 *
 * Whatever it throws is told as an event, and the manager goes on as if it kept nothing. What could not be
 * loaded is saved over all the same: a store that wants to keep it has to set it aside.
 */
export interface TokenStore {
  /**
   * What was saved last. It is called once, before anything is saved. The first tokens wait for it, 10 s at most; so
   * does a manager that closes when tokens were deleted meanwhile.
   */
  load(): Promise<readonly StoredToken[]>
  /** Keeps these, and nothing else. It is not called again before it has settled; a manager that closes waits 10 s for it. */
  save(tokens: readonly StoredToken[]): Promise<void>
}
