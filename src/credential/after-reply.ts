import type { CooldownPolicy, Cooldown, CooldownCause } from './cooldown.ts'
import { nextCooldown } from './cooldown.ts'
import type { Credential } from './credential.ts'
import type { Moment } from './instant.ts'
import type { Flight, Held, RenewalState } from './renewal-state.ts'
import { checkedLife, lifeOfRepeated, type CheckedLife, type Schedule } from './schedule.ts'

/** What follows from a reply depends on these. */
export interface ReplyRules {
  readonly schedule: Schedule
  /** The schedule is the program's own: the moment that it names holds for what is repeated, too. */
  readonly ownSchedule: boolean
  readonly cooldown: CooldownPolicy
}

/**
 * The life of a credential that a provider gave. Never due before the first step of a cooldown has
 * passed: each caller would run the provider.
 *
 * @throws TypeError for a schedule that gives no life, and whatever the schedule throws.
 */
export function lifeOfReply(
  credential: Credential,
  isRepeated: boolean,
  now: number,
  { schedule, ownSchedule, cooldown: { firstMs } }: ReplyRules,
): CheckedLife {
  const life = checkedLife(schedule(credential, now))
  const soonest = now + firstMs
  const isNamed = ownSchedule && life.dueAt > soonest
  const own = isRepeated && !isNamed ? lifeOfRepeated(life, now, firstMs) : life
  return { ...own, dueAt: Math.max(own.dueAt, Math.min(soonest, own.endsAt)) }
}

/** The cooldown that is in force after a reply. */
export function cooldownAfterReply(
  { held: before, cooldown }: RenewalState,
  { reason }: Flight,
  held: Held,
  moment: Moment,
  policy: CooldownPolicy,
): Cooldown | undefined {
  if (moment.now > held.endsAt) {
    return nextCooldown(policy, cooldown, { kind: 'stale' }, moment, moment.random)
  }
  if (reason === 'rejected') {
    const cause: CooldownCause = { kind: 'rejected', served: before?.refused === 'later' }
    return nextCooldown(policy, cooldown, cause, moment, moment.random)
  }
  // A good reply ends what failures began, but says nothing of what the server will think of it.
  return cooldown?.cause.kind === 'rejected' ? cooldown : undefined
}
