import type { Credential } from './credential.ts'

/** When a credential is worth renewing, and when it is over; milliseconds since the epoch. */
export interface Life {
  /** From then on a renewal runs beside the callers. `Infinity` when there is none ahead of need. */
  readonly dueAt: number
  /** After this moment the credential is not handed out. `Infinity` when it has no end. */
  readonly endsAt: number
}

/**
 * Decides a credential's {@link Life} from what it says and when it came.
 *
 * One that throws, or gives anything but two numbers, fails the renewal.
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

/**
 * What a schedule gave, if it is a life.
 *
 * @throws TypeError for anything but two numbers: what is never due or never ends has `Infinity`.
 */
export function checkedLife(life: Life): Life {
  const { dueAt, endsAt } = life
  for (const [name, value] of Object.entries({ dueAt, endsAt })) {
    // A comparison with what is no number is never true: the provider would run for each caller.
    if (typeof value === 'number' && !Number.isNaN(value)) continue
    throw new TypeError(`"schedule" must give a number as "${name}": ${String(value)}`)
  }
  return { dueAt, endsAt }
}

/**
 * The life of a credential that the provider gave a second time, unchanged: it keeps a cache of
 * its own, so asking again soon is useless. Due when half of what is left has passed, and not
 * before `atLeastMs`, which is all there is to go by when it has no end; a life that is never due
 * stays so.
 */
export function lifeOfRepeated({ dueAt, endsAt }: Life, now: number, atLeastMs: number): Life {
  if (dueAt === Infinity) return { dueAt, endsAt }
  const halfMs = endsAt === Infinity ? atLeastMs : (endsAt - now) / 2
  return { dueAt: Math.min(now + Math.max(halfMs, atLeastMs), endsAt), endsAt }
}
