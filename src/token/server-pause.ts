import { askedMs, restOf } from '../credential/cooldown.ts'
import { retold } from '../credential/cooling-error.ts'
import type { Instant } from '../credential/instant.ts'
import { KubecredError } from '../errors/kubecred-error.ts'

/** For how long a server has asked to be left alone. */
export interface ServerPause {
  /** When it asked. */
  readonly since: Instant
  /** End, milliseconds since the epoch, as the clock stood then. */
  readonly until: number
  /** The answer that asked for it. */
  readonly error: KubecredError
}

/** The pause that a failure asks for; the one before it where that lasts longer. */
export function longerPause(
  before: ServerPause | undefined,
  error: unknown,
  at: Instant,
): ServerPause | undefined {
  const asked = askedMs(error)
  if (!(error instanceof KubecredError) || asked <= restOf(before, at)) return before
  return { since: at, until: at.now + asked, error }
}

/** Why nothing is sent, and for how long yet; undefined when there is no pause any more. */
export function pauseError(pause: ServerPause | undefined, at: Instant): KubecredError | undefined {
  const rest = restOf(pause, at)
  if (pause === undefined || rest === 0) return undefined
  const { error } = pause
  return retold(error, `the server asked to be left alone: ${error.message}`, rest)
}
