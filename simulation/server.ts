import type { GrantedLife } from '../src/token/token-schedule.ts'

/** A time in which the server answers nobody. */
export interface Outage {
  readonly fromMs: number
  readonly untilMs: number
}

/** What there is to know of an API server. */
export interface ServerPlan {
  /** From request to answer. */
  readonly latencyMs: number
  readonly lifeSeconds: number
  readonly outage: Outage | undefined
}

/** Whether the server answers at a moment. */
export function isUp({ outage }: ServerPlan, atMs: number): boolean {
  return outage === undefined || atMs < outage.fromMs || atMs >= outage.untilMs
}

/** Whether the outage touches a time. */
export function isTouched({ outage }: ServerPlan, fromMs: number, untilMs: number): boolean {
  return outage !== undefined && fromMs < outage.untilMs && untilMs >= outage.fromMs
}

/** What the server says of a token that it issues at a moment: like a real one, in whole seconds. */
export function grant({ lifeSeconds, latencyMs }: ServerPlan, sentMs: number): GrantedLife {
  const issuedSeconds = Math.floor((sentMs + latencyMs / 2) / 1000)
  return { expiresAt: (issuedSeconds + lifeSeconds) * 1000, expirationSeconds: lifeSeconds }
}
