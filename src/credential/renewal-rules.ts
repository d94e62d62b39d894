import type { RenewalReason } from '../events/channels.ts'
import {
  isCooling,
  nextCooldown,
  type Cooldown,
  type CooldownCause,
  type CooldownPolicy,
} from './cooldown.ts'
import type { Credential } from './credential.ts'
import type { Rejection } from './provider.ts'
import {
  emptyState,
  usableIn,
  type Flight,
  type Held,
  type RenewalAction,
  type RenewalEvent,
  type RenewalState,
} from './renewal-state.ts'
import { lifeOfRepeated, type Schedule } from './schedule.ts'

/** What the rules depend on beside state and event. */
export interface RenewalRules {
  readonly schedule: Schedule
  readonly cooldown: CooldownPolicy
  /** Whether the provider may be asked while the current credential is still good. */
  readonly runsAhead: boolean
}

/** When it happens, and a random number between 0 and 1 for the jitter. */
export interface Moment {
  readonly now: number
  readonly random: number
}

/** State and action that follow an event. */
export interface Transition {
  readonly state: RenewalState
  readonly action: RenewalAction
}

/** The whole logic of renewal: what follows from an event. Pure. */
export function transition(
  state: RenewalState,
  event: RenewalEvent,
  moment: Moment,
  rules: RenewalRules,
): Transition {
  switch (event.kind) {
    case 'asked':
      return asked(state, moment.now, rules)
    case 'rejected':
      return rejected(state, event, moment.now, rules)
    case 'requested':
      if (state.closed) return { state, action: { kind: 'refuse-closed' } }
      return joinOrStart(state, 'requested')
    case 'arrived':
      if (state.flight?.id !== event.flightId) return { state, action: { kind: 'drop' } }
      return arrived(state, state.flight, event.credential, moment, rules)
    case 'failed':
      if (state.flight?.id !== event.flightId) return { state, action: { kind: 'drop' } }
      return failed(state, state.flight, event, moment, rules)
    case 'closed':
      return {
        state: { ...emptyState, lastFlightId: state.lastFlightId, closed: true },
        action: { kind: 'refuse-closed' },
      }
  }
}

function asked(state: RenewalState, now: number, rules: RenewalRules): Transition {
  const { cooldown, flight } = state
  if (state.closed) return { state, action: { kind: 'refuse-closed' } }
  const held = usableIn(state, now)
  if (held === undefined) return withNothingUsable(state, now)
  // The server does not take this credential, and its successor is on the way.
  if (flight?.reason === 'rejected') return { state, action: { kind: 'wait' } }
  const action: RenewalAction = { kind: 'use', credential: held.credential }
  const due = now >= held.dueAt && rules.runsAhead
  if (!due || flight !== undefined || isCooling(cooldown, now)) return { state, action }
  return { state: start(state, { reason: 'due', ahead: true, rejection: undefined }), action }
}

function withNothingUsable(state: RenewalState, now: number): Transition {
  const { held, cooldown, flight } = state
  if (flight === undefined && isCooling(cooldown, now)) {
    const { cause } = cooldown
    if (cause.kind === 'failed') {
      const retryInMs = cooldown.until - now
      return { state, action: { kind: 'refuse', error: cause.error, retryInMs } }
    }
    if (cause.kind === 'stale' && held !== undefined) {
      return { state, action: { kind: 'use', credential: held.credential } }
    }
  }
  return joinOrStart(state, held === undefined ? 'first' : 'expired')
}

function rejected(
  state: RenewalState,
  { fingerprint, rejection }: Extract<RenewalEvent, { readonly kind: 'rejected' }>,
  now: number,
  rules: RenewalRules,
): Transition {
  const { held, cooldown, flight } = state
  if (held?.credential.fingerprint !== fingerprint) return asked(state, now, rules)
  const heldBack = isCooling(cooldown, now) && cooldown.cause.kind !== 'failed-ahead'
  if (flight !== undefined || !heldBack) return joinOrStart(state, 'rejected', rejection)
  if (usableIn(state, now) === undefined) return withNothingUsable(state, now)
  return { state, action: { kind: 'use', credential: held.credential } }
}

function joinOrStart(
  state: RenewalState,
  reason: RenewalReason,
  rejection?: Rejection,
): Transition {
  const { flight } = state
  const action: RenewalAction = { kind: 'wait' }
  if (flight === undefined) {
    return { state: start(state, { reason, ahead: false, rejection }), action }
  }
  // A run ahead that somebody now waits for is no longer one that nobody needs; and whatever a run
  // is for, a credential that the server rejected meanwhile is not handed out until it ends.
  if (flight.reason !== 'due' && reason !== 'rejected') return { state, action }
  const joined = { ...flight, reason, rejection: rejection ?? flight.rejection }
  return { state: { ...state, flight: joined }, action }
}

function start(state: RenewalState, flight: Omit<Flight, 'id'>): RenewalState {
  const id = state.lastFlightId + 1
  return { ...state, lastFlightId: id, flight: { ...flight, id } }
}

function arrived(
  state: RenewalState,
  flight: Flight,
  credential: Credential,
  moment: Moment,
  rules: RenewalRules,
): Transition {
  const { now } = moment
  const life = rules.schedule(credential, now)
  // A run ahead of need that brings what is over already is as good as one that failed.
  if (flight.reason === 'due' && now > life.endsAt && usableIn(state, now) !== undefined) {
    return coolDown(state, flight, { kind: 'failed-ahead' }, moment, rules)
  }
  const repeated = state.held?.credential.fingerprint === credential.fingerprint
  const held: Held = {
    ...(repeated ? lifeOfRepeated(life, now, rules.cooldown.firstMs) : life),
    credential,
  }
  const cooldown = coolAfterReply(state, flight, held, moment, rules)
  return {
    state: { ...state, held, flight: undefined, cooldown },
    action: { kind: 'settle', flight },
  }
}

function coolAfterReply(
  { cooldown }: RenewalState,
  { reason }: Flight,
  held: Held,
  { now, random }: Moment,
  rules: RenewalRules,
): Cooldown | undefined {
  if (now > held.endsAt) {
    return nextCooldown(rules.cooldown, cooldown, { kind: 'stale' }, now, random)
  }
  if (reason === 'rejected') {
    return nextCooldown(rules.cooldown, cooldown, { kind: 'rejected' }, now, random)
  }
  // A good reply ends what failures began, but says nothing of what the server will think of it.
  return cooldown?.cause.kind === 'rejected' ? cooldown : undefined
}

function failed(
  state: RenewalState,
  flight: Flight,
  { error, waiters }: { readonly error: unknown; readonly waiters: number },
  moment: Moment,
  rules: RenewalRules,
): Transition {
  if (flight.ahead && waiters > 0) {
    return { state: start(state, { ...flight, ahead: false }), action: { kind: 'retry', flight } }
  }
  const cause: CooldownCause = flight.ahead ? { kind: 'failed-ahead' } : { kind: 'failed', error }
  return coolDown(state, flight, cause, moment, rules)
}

// The flight brought nothing: what was held stays.
function coolDown(
  state: RenewalState,
  flight: Flight,
  cause: CooldownCause,
  { now, random }: Moment,
  rules: RenewalRules,
): Transition {
  const cooldown = nextCooldown(rules.cooldown, state.cooldown, cause, now, random)
  return { state: { ...state, flight: undefined, cooldown }, action: { kind: 'settle', flight } }
}
