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

/**
 * A credential that stays fresh, for any number of callers. Await `get()` for the one of the moment,
 * iterate the source for each that comes. It has no `then`: awaiting the source itself gives the source.
 */
export interface CredentialSource extends AsyncDisposable, AsyncIterable<Credential> {
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
   * @throws {@link KubecredError} What the provider failed with; `details.retryInMs` is set, and told in
   *   the hint, when the failure is one of a moment ago and the provider was not asked again. `ERR_CLOSED`.
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

  /**
   * The current credential, waiting for the first, and then each new one as it comes: for whoever writes
   * files, or has a transport of their own. Also `for await (const credential of source)`.
   *
   * Whoever waits here causes the renewals: ahead of the end as ever, and at the end in any case. A reader
   * that is slow gets the newest and not each one between. A reply with the same token and certificate
   * is no new credential. While the next one is awaited the process stays alive. `break`, an abort and
   * the close of the source end it, the abort with its reason.
   *
   * @throws {@link KubecredError} As {@link CredentialSource.get}, but only once the last credential has
   *   ended: a renewal ahead that fails is tried again. Then iterate anew, after `details.retryInMs`.
   */
  credentials(options?: WaitOptions): AsyncIterableIterator<Credential>

  /** As {@link CredentialSource.credentials}, without a signal. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Credential>

  /**
   * Says that something goes on for long under this credential, a watch or an upgraded connection, until
   * the function that comes back is called. What a source makes of it, its option `renewWhenIdle` says;
   * it does not hold the process alive.
   */
  inUse(): () => void

  /**
   * Calls `listener` with each new credential as soon as it is held, until the function that comes back is
   * called or the source is closed. Unlike an iteration it renews nothing, and does not hold the process
   * alive. What the listener throws is an uncaught error.
   */
  onChange(listener: (credential: Credential) => void): () => void

  /** Stops what runs and lets go of everything; whoever waits gets `ERR_CLOSED`. Idempotent. */
  close(): Promise<void>
}
