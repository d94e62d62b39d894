import type { Credential } from './credential.ts'

/** When a credential is worth renewing, and when it is over; milliseconds since the epoch. */
export interface Life {
  /** From then on a renewal runs beside the callers. `Infinity` when there is none ahead of need. */
  readonly dueAt: number
  /** After this moment the credential is not handed out. `Infinity` when it has no end. */
  readonly endsAt: number
}

/** Decides a credential's {@link Life} from what it says and when it came. */
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
 * The life of a credential that the provider gave a second time, unchanged: it keeps a cache of
 * its own, so asking again soon is useless. Due when half of what is left has passed, and not
 * before `atLeastMs`; a life that is never due stays so.
 */
export function lifeOfRepeated(life: Life, now: number, atLeastMs: number): Life {
  if (life.dueAt === Infinity) return life
  const dueAt = now + Math.max((life.endsAt - now) / 2, atLeastMs)
  return { dueAt: Math.min(dueAt, life.endsAt), endsAt: life.endsAt }
}
