import { restOf } from './cooldown.ts'
import { timeSince, type Instant } from './instant.ts'
import type { RenewalRules } from './renewal-rules.ts'
import { usableIn, type RenewalState } from './renewal-state.ts'

// Timers stand still while the machine sleeps: afterwards nobody may have to wait for long.
const longestMs = 60_000

/**
 * How long the credential can be left alone, while nothing happens, by whoever waits for the next.
 *
 * @returns Milliseconds; `Infinity` while a flight is all there is to wait for. At most a minute, so that
 *   a sleep of the machine or a clock that was set is noticed; at least the first step of a cooldown, so
 *   that credentials which live for a moment do not have their provider run without a pause.
 */
export function nextLook(
  state: RenewalState,
  at: Instant,
  { runsAhead, cooldown }: RenewalRules,
): number {
  const rest = restOf(state.cooldown, at)
  const ms = state.flight === undefined ? untilRun(state, at, runsAhead, rest) : untilEnd(state, at)
  return ms === Infinity ? ms : Math.min(Math.max(ms, cooldown.firstMs), longestMs)
}

/** As {@link nextLook}, where nobody waits: one that has ended is let be, once it was tried. */
export function nextIdleLook(state: RenewalState, at: Instant, rules: RenewalRules): number {
  const isIdle = state.flight === undefined && rules.runsAhead
  return isIdle && usableIn(state, at) !== undefined ? nextLook(state, at, rules) : Infinity
}

function untilRun(state: RenewalState, at: Instant, runsAhead: boolean, rest: number): number {
  const held = usableIn(state, at)
  if (held === undefined) return rest
  const untilDue = held.dueAt - timeSince(held, at)
  const end = untilEnd(state, at)
  return runsAhead ? Math.min(Math.max(untilDue, rest), end) : end
}

/** Until the credential is not good any more. */
function untilEnd(state: RenewalState, at: Instant): number {
  const held = usableIn(state, at)
  return held === undefined ? Infinity : held.endsAt - timeSince(held, at) + 1
}
