import { restOf, type Cooldown } from './cooldown.ts'
import type { Instant } from './instant.ts'
import { KubecredError } from '../errors/kubecred-error.ts'

/**
 * The failure of a moment ago, for whoever asks before the provider is asked again: the same, with the
 * time until then in the hint and in `details.retryInMs`. What is no KubecredError stays as it is.
 */
export function coolingError(error: unknown, retryInMs: number): unknown {
  return error instanceof KubecredError ? retold(error, error.message, retryInMs) : error
}

/** A failure in other words, told as {@link coolingError} does. */
export function retold(error: KubecredError, message: string, retryInMs: number): KubecredError {
  return new KubecredError(error.code, message, {
    cause: error,
    hint: [...hintsOf(error), waitWords(retryInMs)].join('; '),
    details: { ...error.details, retryInMs },
  })
}

/** What to do about a failure, without when it is tried again; undefined where there is nothing to do. */
export function lastingHint(error: unknown): string | undefined {
  if (!(error instanceof KubecredError)) return undefined
  return hintsOf(error).join('; ') || undefined
}

/** The failure that began a cooldown, told as {@link coolingError} does; any other stays as it is. */
export function withCooldown(error: unknown, cooldown: Cooldown | undefined, at: Instant): unknown {
  if (cooldown?.cause.kind !== 'failed' || cooldown.cause.error !== error) return error
  return coolingError(error, restOf(cooldown, at))
}

function waitWords(ms: number): string {
  return `it is tried again in ${Math.ceil(ms / 1000)} s`
}

/** What it hints at, without how long it would have been when it was told the last time. */
function hintsOf({ hint, details: { retryInMs } }: KubecredError): readonly string[] {
  const hints = hint?.split('; ') ?? []
  return retryInMs === undefined ? hints : hints.filter((one) => one !== waitWords(retryInMs))
}
