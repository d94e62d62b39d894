import type { Credential } from './credential.ts'

/** When a credential is worth renewing, and when it is over; milliseconds since the epoch. */
export interface Life {
  /** From then on a renewal runs beside the callers. `Infinity` when there is none ahead of need. */
  readonly dueAt: number
  /** After this moment the credential is not handed out. `Infinity` when it has no end. */
  readonly endsAt: number
  /**
   * A clock that stands before this moment was set back since the credential came, which is due at once
   * then: a server with the same time may not take it yet. Default: `-Infinity`.
   */
  readonly validFrom?: number | undefined
}

/**
 * Decides a credential's {@link Life} from what it says and when it came.
 *
 * One that throws, or gives anything but numbers, fails the renewal.
 */
export type Schedule = (credential: Credential, receivedAt: number) => Life

/**
 * The schedule of credentials that say when they end: due after a share of the life that was left
 * when they came. One without an end is never due.
 *
 * @param share Between 0 and 1; 1 renews only when the credential has ended, as client-go does.
 */
export function shareOfLife(share: number): Schedule {
  return ({ expiresAt }, receivedAt) => {
    if (expiresAt === undefined) return { dueAt: Infinity, endsAt: Infinity }
    if (share >= 1) return { dueAt: Infinity, endsAt: expiresAt }
    const left = Math.max(expiresAt - receivedAt, 0)
    return { dueAt: receivedAt + share * left, endsAt: expiresAt }
  }
}

/** {@link Life} with nothing left out. */
export interface CheckedLife extends Life {
  readonly validFrom: number
}

/**
 * What a schedule gave, if it is a life.
 *
 * @throws TypeError for anything but numbers: what is never due or never ends has `Infinity`.
 */
export function checkedLife(life: Life): CheckedLife {
  const { dueAt, endsAt, validFrom = -Infinity } = life
  for (const [name, value] of Object.entries({ dueAt, endsAt, validFrom })) {
    // A comparison with what is no number is never true: the provider would run for each caller.
    if (typeof value === 'number' && !Number.isNaN(value)) continue
    throw new TypeError(`"schedule" must give a number as "${name}": ${String(value)}`)
  }
  return { dueAt, endsAt, validFrom }
}

/**
 * The life of a credential that the provider gave a second time, unchanged: it keeps a cache of
 * its own, so asking again soon is useless. Due when half of what is left has passed, and not
 * before `atLeastMs`, which is all there is to go by when it has no end; a life that is never due
 * stays so.
 */
export function lifeOfRepeated(life: CheckedLife, now: number, atLeastMs: number): CheckedLife {
  const { dueAt, endsAt } = life
  if (dueAt === Infinity) return life
  const halfMs = endsAt === Infinity ? atLeastMs : (endsAt - now) / 2
  return { ...life, dueAt: Math.min(now + Math.max(halfMs, atLeastMs), endsAt) }
}
