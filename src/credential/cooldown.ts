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
  | { readonly kind: 'failed-ahead' }
  /** It gave a credential that was already over: nobody asks it, and that one is handed out. */
  | { readonly kind: 'stale' }
  /** The server rejected a credential: further rejections and runs ahead are held back. */
  | { readonly kind: 'rejected' }

/** The time after a failure in which the provider is not asked again. */
export interface Cooldown {
  readonly cause: CooldownCause
  /** Failures in a row. */
  readonly count: number
  /** End, milliseconds since the epoch. */
  readonly until: number
  /** Its whole length; also how long must pass after it for the count to start anew. */
  readonly stepMs: number
  /** When it began; a clock set back before this moment ends it. */
  readonly since: number
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
  now: number,
  random: number,
): Cooldown {
  const count = isInARow(previous, cause, now) ? previous.count + 1 : 1
  const plain = Math.min(policy.firstMs * 2 ** Math.min(count - 1, 30), policy.maxMs)
  const stepMs = Math.round(plain * (1 + random / 5))
  return { cause, count, until: now + stepMs, stepMs, since: now }
}

/** Whether a cooldown is in force. */
export function isCooling(cooldown: Cooldown | undefined, now: number): cooldown is Cooldown {
  return cooldown !== undefined && now < cooldown.until && now >= cooldown.since
}

function isInARow(
  previous: Cooldown | undefined,
  cause: CooldownCause,
  now: number,
): previous is Cooldown {
  if (previous === undefined || now - previous.until > previous.stepMs) return false
  // Runs ahead may not prompt, so their failures say nothing of a run that may.
  return previous.cause.kind !== 'failed-ahead' || cause.kind === 'failed-ahead'
}
