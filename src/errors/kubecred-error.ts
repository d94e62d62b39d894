import type { ErrorCode } from './codes.ts'

/** What an error knows beside its message; a field is there where the code gives it meaning. */
export interface ErrorDetails {
  /** Path of the file at fault. */
  readonly file?: string
  /** Line of {@link file}, counted from 1. */
  readonly line?: number
  /** Field at fault, as a path: `users[2].user.exec.command`. */
  readonly field?: string
  /** Options at fault, where they took the place of what a kubeconfig says: `server`, `impersonate.groups`. */
  readonly options?: readonly string[]
  /** Plugin command as the kubeconfig has it. */
  readonly command?: string
  /** Exit code of the plugin, -1 when a signal ended it. */
  readonly exitCode?: number
  /**
   * The last lines of the plugin's standard error, at most 4 KiB, scrubbed of whatever looks like a secret:
   * whichever way the run ended, at its deadline too, and in each copy of that failure during a cooldown.
   * Missing when it wrote none, and where it wrote to a terminal, which shows them.
   */
  readonly stderrTail?: string
  /** Status code of the server's answer, where it is one that refuses. */
  readonly statusCode?: number
  /** Reason of the Kubernetes `Status` in that answer: `NotFound`, `Conflict`. */
  readonly reason?: string
  /** Milliseconds that the server asked to wait (`Retry-After`); a renewal leaves it alone as long, 10 minutes at most. */
  readonly retryAfterMs?: number
  /** Milliseconds until the provider is asked again; set while a failure cools down. The hint tells it, too. */
  readonly retryInMs?: number
}

/** What {@link KubecredError} takes beside code and message. */
export interface KubecredErrorOptions {
  /** What went wrong underneath. */
  readonly cause?: unknown
  /** What the reader can do about it: one sentence, apart from the message. */
  readonly hint?: string | undefined
  readonly details?: ErrorDetails
}

// Registered, so that a second copy of this package knows the errors of the first.
const brand = Symbol.for('kubecred.error')

/**
 * The one class of error that Kubecred throws, apart from `TypeError` for a caller's mistake.
 *
 * `instanceof` also holds across two copies of the package in one program.
 */
export class KubecredError extends Error {
  override readonly name: string = 'KubecredError'
  /** What happened; the field to match on. */
  readonly code: ErrorCode
  /** What to do about it, where there is something to do. */
  readonly hint: string | undefined
  /** What else is known; never a secret. */
  readonly details: ErrorDetails

  constructor(code: ErrorCode, message: string, options: KubecredErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.code = code
    this.hint = options.hint
    this.details = Object.freeze({ ...options.details })
    Object.defineProperty(this, brand, { value: true })
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && brand in value
  }
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}

/** The system's code of an error (`ENOENT`), where it has one. */
export function systemCodeOf(thrown: unknown): string | undefined {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
  return typeof code === 'string' ? code : undefined
}

/** Anything that was thrown, as an Error. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}
