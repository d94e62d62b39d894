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

// Of the time until the latest renewal, the share that lies between two of a token's moments is less than all
// of it by this: room for a clock that is a little ahead, and for the time that a request takes.
const slackShare = 0.015

/**
 * The kubelet's schedule, with each token at a place of its own: its moments lie one stride apart, and
 * where they lie is told by `place`. A token is due at the last of them before the kubelet would renew it, so its
 * first life is cut short, somewhere, and all later ones are of the same length. However many tokens came
 * in the same minute, their renewals are spread over the whole time between two of them; and those that an
 * outage has gathered go back to their places with the next renewal.
 *
 * The moments are those of this machine's clock. By one that is behind the server's a token has no longer to
 * live than it was granted, counted from its receipt. By one that is ahead it has less: the stride is as many
 * slacks shorter, so that the next moment lies before the latest renewal again.
 *
 * @param place From 0 up to 1; the same for a token on each renewal, and after a restart.
 */
export function spreadLife(granted: GrantedLife, place: number, receivedAt: number): Life {
  const issued = issuedAt(granted)
  const began = Math.min(issued, receivedAt)
  const longest = latestRenewal(granted) - issued
  const latest = began + longest
  const slack = longest * slackShare
  const slacks = 1 + Math.floor((receivedAt - began) / slack)
  const stride = longest - slacks * slack
  const dueAt = latest - modulo(latest - place * stride, stride)
  return { dueAt, endsAt: granted.expiresAt - (issued - began), validFrom: began }
}

function modulo(value: number, by: number): number {
  return by > 0 ? ((value % by) + by) % by : 0
}

/** A token's place in {@link spreadLife}, from 0 up to 1: another for each token and on each node. */
export function placeOf(node: string, key: string): number {
  const hash = createHash('sha256').update(`${node.length}:${node}${key}`).digest()
  return hash.readUIntBE(0, 6) / 2 ** 48
}
