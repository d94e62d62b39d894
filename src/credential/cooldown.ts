import { KubecredError } from '../errors/kubecred-error.ts'
import { timeSince, type Instant } from './instant.ts'

// A server that asks for more is asked again all the same: it may have said so by mistake.
const longestAskedMs = 600_000

/** How long to leave a provider alone after it failed. */
export interface CooldownPolicy {
  /** Wait after the first failure, milliseconds. */
  readonly firstMs: number
  /** Longest wait before the jitter, milliseconds; each failure in a row doubles it up to here. */
  readonly maxMs: number
}

/** What a cooldown holds back, and what callers get meanwhile. */
export type CooldownCause =
  /** The provider failed: nobody asks it; whoever has no usable credential gets the error. */
  | { readonly kind: 'failed'; readonly error: unknown }
  /** It failed in a run ahead of need, which may not prompt: only such runs are held back. */
  | { readonly kind: 'failed-ahead'; readonly error?: unknown }
  /** It gave a credential that was already over: nobody asks it, and that one is handed out. */
  | { readonly kind: 'stale' }
  /**
   * The server rejected a credential, and there is another: further rejections, as long as none has
   * served, and runs ahead are held back. `served` tells whether it had been taken for a while, and not rejected as soon as it came.
   */
  | { readonly kind: 'rejected'; readonly served: boolean }

/** The time after a failure in which the provider is not asked again. */
export interface Cooldown {
  readonly cause: CooldownCause
  /** Failures in a row. */
  readonly count: number
  /** When it began. */
  readonly since: Instant
  /** End, milliseconds since the epoch, as the clock stood when it began. */
  readonly until: number
  /** Its whole length; also how long must pass after it for a count of failures to start anew. */
  readonly stepMs: number
}

/**
 * The cooldown that follows a failure.
 *
 * @param random Between 0 and 1: adds up to a fifth, so that programs that failed together do not
 *   come back together.
 */
export function nextCooldown(
  policy: CooldownPolicy,
  previous: Cooldown | undefined,
  cause: CooldownCause,
  at: Instant,
  random: number,
): Cooldown {
  const count = isInARow(previous, cause, at) ? previous.count + 1 : 1
  const error = 'error' in cause ? cause.error : undefined
  const plain = Math.min(policy.firstMs * 2 ** Math.min(count - 1, 30), policy.maxMs)
  const stepMs = Math.max(Math.round(plain * (1 + random / 5)), askedMs(error))
  const since = { now: at.now, monotonic: at.monotonic }
  return { cause, count, since, until: at.now + stepMs, stepMs }
}

/**
 * How long the one who failed asked to be left alone, milliseconds; 0 when it did not.
 *
 * Who hears of it later than others (`retryInMs`) has the rest of that time to wait, and not all of it once more.
 */
export function askedMs(error: unknown): number {
  if (!(error instanceof KubecredError)) return 0
  const { retryAfterMs, retryInMs = retryAfterMs } = error.details
  return retryAfterMs === undefined ? 0 : Math.min(retryInMs ?? 0, longestAskedMs)
}

/** How long the provider is still left alone, milliseconds; 0 when it is not. */
export function restOf(
  cooldown: Pick<Cooldown, 'since' | 'until'> | undefined,
  at: Instant,
): number {
  if (cooldown === undefined) return 0
  return Math.max(cooldown.until - timeSince(cooldown.since, at), 0)
}

/** Whether a cooldown is in force. */
export function isCooling(cooldown: Cooldown | undefined, at: Instant): cooldown is Cooldown {
  return restOf(cooldown, at) > 0
}

function isInARow(
  previous: Cooldown | undefined,
  cause: CooldownCause,
  at: Instant,
): previous is Cooldown {
  if (previous === undefined) return false
  // However long ago: as long as no credential is taken, it is the same row. One that served ends it.
  if (cause.kind === 'rejected' && previous.cause.kind === 'rejected') return !cause.served
  if (timeSince(previous.since, at) - previous.until > previous.stepMs) return false
  // Runs ahead may not prompt, so their failures say nothing of a run that may.
  return previous.cause.kind !== 'failed-ahead' || cause.kind === 'failed-ahead'
}
