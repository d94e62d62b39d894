import {
  channel as channelOf,
  subscribe as subscribeTo,
  unsubscribe as unsubscribeFrom,
} from 'node:diagnostics_channel'

/** Why a provider is asked for a credential. */
export type RenewalReason =
  /** Nobody has asked before. */
  | 'first'
  /** The current credential is still good, and near its end. */
  | 'due'
  /** The current credential has ended. */
  | 'expired'
  /** The server answered 401 to the current credential. */
  | 'rejected'
  /** The program called `renew()`, or a file with a credential in it has changed. */
  | 'requested'

/** From when to when a certificate is valid, milliseconds since the epoch. */
export interface Validity {
  readonly notBefore: number
  readonly notAfter: number
}

/**
 * Every event, by the name of its channel on `node:diagnostics_channel`. No field ever holds a
 * secret or anything that a plugin printed.
 */
export interface KubecredEvents {
  /** The plugin policy was asked about a plugin, as it is before each run, whether there is one or not. */
  'kubecred:exec:policy': {
    readonly command: string
    readonly allowed: boolean
  }
  /** A plugin was started. */
  'kubecred:exec:start': {
    readonly command: string
    readonly interactive: boolean
    readonly reason: RenewalReason
    /** Process id. */
    readonly pid: number
  }
  /** A plugin ended; `ok` tells whether its reply could be used. */
  'kubecred:exec:end': {
    readonly command: string
    readonly ok: boolean
    /** Whether its process began at all. */
    readonly started: boolean
    /** Exit code; -1 when a signal ended it, undefined when it never ran or was stopped. */
    readonly exitCode: number | undefined
    readonly durationMs: number
    /** Code of the error, when not ok. */
    readonly errorCode: string | undefined
  }
  /** A source has a credential from its provider; `changed` tells what is new in it. */
  'kubecred:credential:renewed': {
    readonly source: string
    /** Kind of its provider, as `CredentialProvider.kind`: `exec`, `file`, `fixed`. */
    readonly kind: string | undefined
    readonly reason: RenewalReason
    readonly changed: 'token' | 'certificate' | 'both' | 'nothing'
    /** The certificate that the source holds now. */
    readonly certificate: Validity | undefined
    /** The certificate that it held before, if another one has taken its place, or none has. */
    readonly replaced: Validity | undefined
    readonly durationMs: number
    /** Milliseconds since the epoch; undefined when the credential has no end. */
    readonly expiresAt: number | undefined
  }
  /** A source asked its provider in vain; `usable` tells whether the old credential still serves. */
  'kubecred:credential:failed': {
    readonly source: string
    readonly reason: RenewalReason
    readonly errorCode: string | undefined
    readonly message: string
    /** What to do about it, where there is something to do. */
    readonly hint: string | undefined
    readonly durationMs: number
    readonly usable: boolean
    /** Milliseconds until the provider is asked again. */
    readonly retryInMs: number
  }
  /** The server answered 401 to the current credential. */
  'kubecred:credential:rejected': {
    readonly source: string
    /** Fingerprint of the credential, as `Credential.fingerprint`; not a secret. */
    readonly fingerprint: string
  }
  /** Files that are followed hold something else, which is in use now. */
  'kubecred:file:changed': { readonly files: readonly string[] }
  /** Files that are followed have changed and cannot be used; what they held before stays in use. */
  'kubecred:file:failed': {
    readonly files: readonly string[]
    readonly errorCode: string | undefined
    readonly message: string
    /** Milliseconds until they are read again, if they do not change before. */
    readonly retryInMs: number
  }
  /** The API server warned about a TokenRequest: that it shortened the lifetime, say. */
  'kubecred:token:warning': {
    readonly namespace: string
    readonly serviceAccount: string
    readonly warning: string
  }
  /**
   * A ServiceAccount was deleted and made again, or only deleted: the tokens that the manager had of the old
   * one were dropped.
   */
  'kubecred:token:recreated': {
    readonly namespace: string
    readonly serviceAccount: string
    readonly previousUid: string
    /** Undefined when there is no ServiceAccount of this name now. */
    readonly uid: string | undefined
    /** Tokens that were dropped. */
    readonly dropped: number
  }
  /** A manager could not look whether a ServiceAccount was recreated; it tries again at the next round. */
  'kubecred:token:check-failed': {
    readonly namespace: string
    readonly serviceAccount: string
    readonly errorCode: string | undefined
    readonly message: string
  }
  /** Tokens have left the manager's cache: they had ended, there were too many, or their owner is gone. */
  'kubecred:token:removed': {
    readonly why: 'expired' | 'evicted' | 'deleted'
    readonly count: number
  }
  /** The files of a projected volume hold something else now; or were looked at for the first time. */
  'kubecred:projection:written': {
    readonly directory: string
    /** False where they were right already, as after a restart. */
    readonly changed: boolean
    /** When the first of its tokens ends, milliseconds since the epoch; undefined without tokens. */
    readonly tokensEndAt: number | undefined
    /** What processes that are gone had left behind, removed now; names in the directory. */
    readonly leftovers: readonly string[]
  }
  /** What a projected volume needs could not be had, or its directory not be written; files that are there stay. */
  'kubecred:projection:failed': {
    readonly directory: string
    /** What failed: a token, ConfigMaps and Secrets, or the directory itself. */
    readonly part: 'token' | 'objects' | 'directory'
    readonly errorCode: string | undefined
    readonly message: string
    /** What to do about it, where there is something to do. */
    readonly hint: string | undefined
    /** Milliseconds until it is tried again. */
    readonly retryInMs: number
    /** Whether this keeper has written files, or found them right: without that there may be some of an earlier run. */
    readonly usable: boolean
  }
  /** A manager has tokens back that its store had kept from an earlier run. */
  'kubecred:token:restored': { readonly count: number }
  /** A manager's store could not be read, or written; the manager goes on without it. */
  'kubecred:token:store-failed': {
    readonly operation: 'load' | 'save'
    readonly errorCode: string | undefined
    readonly message: string
  }
  /** A request is sent once more, with another credential than the one that was rejected. */
  'kubecred:transport:replay': { readonly server: string; readonly method: string }
  /** A request will be sent again by itself, after a wait; `RetryOptions` tells when. */
  'kubecred:transport:retry': {
    readonly server: string
    readonly method: string
    /** 1 for the first time that it is sent again. */
    readonly attempt: number
    readonly waitMs: number
    /** Of the answer that asked for it; undefined when the connection was lost instead. */
    readonly statusCode: number | undefined
    /** The system's code for what became of the connection (`ECONNRESET`). */
    readonly errorCode: string | undefined
  }
  /** New requests go out under another TLS identity, or trust another authority; the old connections drain. */
  'kubecred:transport:rotation': {
    readonly server: string
    /** Requests still open on the old connections. */
    readonly draining: number
  }
}

/** Name of an event's channel. */
export type KubecredEventName = keyof KubecredEvents

/** Publishes an event; `describe` runs only when somebody listens. */
export function publish<Name extends KubecredEventName>(
  name: Name,
  describe: () => KubecredEvents[Name],
): void {
  const channel = channelOf(name)
  if (channel.hasSubscribers) channel.publish(describe())
}

/**
 * Calls `listener` for each event of that name, from every source in the process.
 *
 * @returns A function that ends the subscription.
 */
export function subscribe<Name extends KubecredEventName>(
  name: Name,
  listener: (event: KubecredEvents[Name]) => void,
): () => void {
  // Only `publish` above writes to these channels, so the message is of the type its name says.
  const onMessage = (message: unknown): void => listener(message as KubecredEvents[Name])
  subscribeTo(name, onMessage)
  return () => {
    unsubscribeFrom(name, onMessage)
  }
}
