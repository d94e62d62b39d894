import type { ErrorDetails, KubecredError } from '../errors/kubecred-error.ts'
import type { RenewalReason } from '../events/channels.ts'
import type { Credential } from './credential.ts'

/** What the server said when it rejected a credential. */
export interface Rejection {
  readonly statusCode: number
  /** Headers of the response, names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>
}

/** What a provider is told when it is asked. */
export interface ProvideRequest {
  readonly reason: RenewalReason
  /** Nobody waits, as a rule because the current credential is still good. Never prompt in such a run. */
  readonly ahead: boolean
  /** Aborted when the deadline has passed or the source is closed: stop, and let go of everything. */
  readonly signal: AbortSignal
  /**
   * Takes a function that says what is known of the run so far. It is asked when the deadline has passed.
   * Its answer stands in `details` of that error: what a plugin has written to standard error, say. An
   * error, of what keeps the run, becomes the cause.
   */
  readonly explain?: ((soFar: () => ErrorDetails | KubecredError) => void) | undefined
  /** Takes a function that is called when somebody waits for the run, though it began ahead of need. */
  readonly whenWanted?: ((then: () => void) => void) | undefined
  /** The server's answer, when the reason is `rejected`. */
  readonly rejection?: Rejection | undefined
}

/** Knows how to get one credential. Caching, sharing and retrying are the Renewer's work. */
export interface CredentialProvider {
  /** Names the provider in events and messages: `exec plugin "aws"`. */
  readonly name: string
  /**
   * What sort of provider it is: `exec`, `file`, `fixed`, or a word of your own. Metrics count those of
   * the first kind. Default: undefined.
   */
  readonly kind?: string | undefined
  /** Whether it may be asked ahead of need; false for one that always prompts. */
  readonly runsAhead: boolean
  provide(request: ProvideRequest): Promise<Credential>
}

/** A provider of one credential that never changes: what a kubeconfig says outright. */
export function fixedProvider(name: string, credential: Credential): CredentialProvider {
  return { name, kind: 'fixed', runsAhead: false, provide: () => Promise.resolve(credential) }
}
