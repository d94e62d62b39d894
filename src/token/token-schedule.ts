import { createHash } from 'node:crypto'

import type { Life } from '../credential/schedule.ts'

const longestAgeMs = 24 * 3_600_000

/** What the server said of a token's life. */
export interface GrantedLife {
  /** `status.expirationTimestamp`, milliseconds since the epoch. */
  readonly expiresAt: number
  /** `spec.expirationSeconds` of the reply, which may be less than was asked for. */
  readonly expirationSeconds: number
}

/** When the server issued a token, by the reply; the token itself may say something else. */
export function issuedAt({ expiresAt, expirationSeconds }: GrantedLife): number {
  return expiresAt - expirationSeconds * 1000
}

/** When the kubelet renews at the latest: at 80 % of the life that was granted, or after 24 hours. */
export function latestRenewal(granted: GrantedLife): number {
  const { expiresAt, expirationSeconds } = granted
  const fifthMs = Math.floor((expirationSeconds * 20) / 100) * 1000
  return Math.min(issuedAt(granted) + longestAgeMs, expiresAt - fifthMs)
}

// Of the time until the latest renewal, the share that lies between two of a token's moments. What is left
// is room for a clock that is a little behind and for the time that a request takes.
const strideShare = 0.97

/**
 * The kubelet's schedule, with each token at a place of its own: its moments lie one stride apart, and
 * where they lie is told by `place`. A token is due at the last of them before the kubelet would renew it, so its
 * first life is cut short, somewhere, and all later ones are of the same length. However many tokens came
 * in the same minute, their renewals are spread over the whole time between two of them; and those that an
 * outage has gathered go back to their places with the next renewal.
 *
 * @param place From 0 up to 1; the same for a token on each renewal, and after a restart.
 */
export function spreadLife(granted: GrantedLife, place: number, receivedAt: number): Life {
  const { expiresAt } = granted
  const issued = issuedAt(granted)
  const latest = latestRenewal(granted)
  const stride = (latest - issued) * strideShare
  const moment = latest - modulo(latest - place * stride, stride)
  // By a clock that goes before the server's the last moment may have passed when the token comes.
  const soonest = receivedAt + (latest - issued) * (1 - strideShare)
  const dueAt = moment > soonest ? moment : latest
  return { dueAt, endsAt: expiresAt, validFrom: Math.min(issued, receivedAt) }
}

function modulo(value: number, by: number): number {
  return by > 0 ? ((value % by) + by) % by : 0
}

/** A token's place in {@link spreadLife}, from 0 up to 1: another for each token and on each node. */
export function placeOf(node: string, key: string): number {
  const hash = createHash('sha256').update(`${node.length}:${node}${key}`).digest()
  return hash.readUIntBE(0, 6) / 2 ** 48
}
