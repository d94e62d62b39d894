import { restOf, type Cooldown } from './cooldown.ts'
import type { Instant } from './instant.ts'
import { KubecredError } from '../errors/kubecred-error.ts'

/**
 * The failure of a moment ago, for whoever asks before the provider is asked again: the same, with the
 * time until then in the hint and in `details.retryInMs`. What is no KubecredError stays as it is.
 */
export function coolingError(error: unknown, retryInMs: number): unknown {
  if (!(error instanceof KubecredError)) return error
  const wait = `it is tried again in ${Math.ceil(retryInMs / 1000)} s`
  return new KubecredError(error.code, error.message, {
    cause: error,
    hint: error.hint === undefined ? wait : `${error.hint}; ${wait}`,
    details: { ...error.details, retryInMs },
  })
}

/** What to do about a failure, without when it is tried again; undefined where there is nothing to do. */
export function lastingHint(error: unknown): string | undefined {
  if (!(error instanceof KubecredError)) return undefined
  const { cause, code, message } = error
  const isCooling =
    error.details.retryInMs !== undefined &&
    cause instanceof KubecredError &&
    cause.code === code &&
    cause.message === message
  return isCooling ? cause.hint : error.hint
}

/** The failure that began a cooldown, told as {@link coolingError} does; any other stays as it is. */
export function withCooldown(error: unknown, cooldown: Cooldown | undefined, at: Instant): unknown {
  if (cooldown?.cause.kind !== 'failed' || cooldown.cause.error !== error) return error
  return coolingError(error, restOf(cooldown, at))
}
