import type { Credential } from './credential.ts'
import type { Rejection } from './provider.ts'

/** How long a caller is willing to wait. */
export interface WaitOptions {
  /** Ends this caller's wait; the renewal that it shares with others goes on. */
  readonly signal?: AbortSignal | undefined
}

/** What {@link CredentialSource.rejected} takes beside the credential. */
export interface RejectedOptions extends WaitOptions {
  /** What the server answered; plugins that speak v1alpha1 are told. */
  readonly rejection?: Rejection | undefined
}

/** A credential that stays fresh, for any number of callers. */
export interface CredentialSource extends AsyncDisposable {
  /** Names the source in events and messages. */
  readonly name: string

  /**
   * The credential if it is good, at once and without a promise; undefined when there is none, when
   * it has ended, or when the server rejected it and its successor is on the way. Starts a renewal
   * in the background when one is due.
   */
  current(): Credential | undefined

  /**
   * The credential, waiting for a renewal when there is no good one. Callers share one renewal.
   *
   * @throws {@link KubecredError} What the provider failed with; `details.retryInMs` is set when
   *   the failure is one of a moment ago and the provider was not asked again. `ERR_CLOSED`.
   */
  get(options?: WaitOptions): Promise<Credential>

  /**
   * Says that the server answered 401 to `credential`, and gives the one to try instead: a new one,
   * or the same when there is no better (the renewal failed, or was tried a moment ago).
   *
   * @throws {@link KubecredError} As {@link CredentialSource.get}, when no good one is left.
   */
  rejected(credential: Credential, options?: RejectedOptions): Promise<Credential>

  /**
   * A new credential now, also when the provider failed a moment ago: "log in again".
   *
   * @throws {@link KubecredError} What the provider failed with. `ERR_CLOSED`.
   */
  renew(options?: WaitOptions): Promise<Credential>

  /** Stops what runs and lets go of everything; whoever waits gets `ERR_CLOSED`. Idempotent. */
  close(): Promise<void>
}
