import type { RenewalReason } from '../events/channels.ts'
import { cooldownAfterReply, lifeOfReply, type ReplyRules } from './after-reply.ts'
import { isCooling, nextCooldown, restOf, type CooldownCause } from './cooldown.ts'
import type { Credential } from './credential.ts'
import { timeSince, type Instant, type Moment } from './instant.ts'
import type { Rejection } from './provider.ts'
import {
  emptyState,
  phaseOf,
  usableIn,
  type Flight,
  type Held,
  type RenewalAction,
  type RenewalEvent,
  type RenewalState,
} from './renewal-state.ts'

/** What the rules depend on beside state and event. */
export interface RenewalRules extends ReplyRules {
  /** Whether the provider may be asked while the current credential is still good. */
  readonly runsAhead: boolean
}

/** State and action that follow an event. */
export interface Transition {
  readonly state: RenewalState
  readonly action: RenewalAction
}

/**
 * The whole logic of renewal: what follows from an event. Pure.
 *
 * @throws TypeError for a schedule that gives no life, and whatever the schedule throws.
 */
export function transition(
  state: RenewalState,
  event: RenewalEvent,
  moment: Moment,
  rules: RenewalRules,
): Transition {
  switch (event.kind) {
    case 'asked':
      return asked(state, moment, rules)
    case 'unasked':
      return unasked(state, moment, rules)
    case 'rejected':
      return rejected(state, event, moment, rules)
    case 'requested':
      if (state.closed) return { state, action: { kind: 'refuse-closed' } }
      return joinOrStart(state, 'requested')
    case 'arrived':
      if (state.flight?.id !== event.flightId) return { state, action: { kind: 'drop' } }
      return arrived(state, state.flight, event.credential, moment, rules)
    case 'failed':
      if (state.flight?.id !== event.flightId) return { state, action: { kind: 'drop' } }
      return failed(state, state.flight, event, moment, rules)
    case 'withdrawn':
      return { state: { ...state, held: undefined }, action: { kind: 'drop' } }
    case 'closed':
      return {
        state: { ...emptyState, lastFlightId: state.lastFlightId, closed: true },
        action: { kind: 'refuse-closed' },
      }
  }
}

function asked(state: RenewalState, at: Instant, rules: RenewalRules): Transition {
  if (state.closed) return { state, action: { kind: 'refuse-closed' } }
  const held = usableIn(state, at)
  if (held === undefined) return withNothingUsable(state, at)
  // The server does not take this credential, and its successor is on the way.
  if (state.flight?.reason === 'rejected') return { state, action: { kind: 'wait' } }
  const { state: next } = unasked(state, at, rules)
  return { state: next, action: { kind: 'use', credential: held.credential } }
}

/** Starts a run ahead of need, if there is reason for one: it never prompts. */
function unasked(state: RenewalState, at: Instant, rules: RenewalRules): Transition {
  const phase = phaseOf(state, at)
  const isWanted = phase === 'due' || phase === 'expired'
  const action: RenewalAction = { kind: 'drop' }
  if (!isWanted || !rules.runsAhead || state.flight !== undefined || isCooling(state.cooldown, at))
    return { state, action }
  return { state: start(state, { reason: phase, ahead: true, rejection: undefined }), action }
}

function withNothingUsable(state: RenewalState, at: Instant): Transition {
  const { held, cooldown, flight } = state
  if (flight === undefined && isCooling(cooldown, at)) {
    const { cause } = cooldown
    if (cause.kind === 'failed') {
      const retryInMs = restOf(cooldown, at)
      return { state, action: { kind: 'refuse', error: cause.error, retryInMs } }
    }
    if (cause.kind === 'stale' && held !== undefined) {
      return { state, action: { kind: 'use', credential: held.credential } }
    }
  }
  return joinOrStart(state, held === undefined ? 'first' : 'expired')
}

function rejected(
  before: RenewalState,
  { fingerprint, rejection }: Extract<RenewalEvent, { readonly kind: 'rejected' }>,
  at: Instant,
  rules: RenewalRules,
): Transition {
  if (before.held?.credential.fingerprint !== fingerprint) return asked(before, at, rules)
  const held = refused(before.held, at, rules)
  const state = { ...before, held }
  if (state.flight !== undefined || !isHeldBack(state, held, at))
    return joinOrStart(state, 'rejected', rejection)
  if (usableIn(state, at) === undefined) return withNothingUsable(state, at)
  return { state, action: { kind: 'use', credential: held.credential } }
}

/** A row of rejections is over with a credential that served: nobody waits for the rest of its cooldown. */
function isHeldBack({ cooldown }: RenewalState, held: Held, at: Instant): boolean {
  if (!isCooling(cooldown, at) || cooldown.cause.kind === 'failed-ahead') return false
  return cooldown.cause.kind !== 'rejected' || held.refused !== 'later'
}

/** Only the first rejection tells something: what is sent after a 401 meets the server at once. */
function refused(held: Held, at: Instant, { cooldown }: RenewalRules): Held {
  if (held.refused !== undefined) return held
  const servedMs = timeSince(held, at) - held.now
  return { ...held, refused: servedMs > cooldown.firstMs ? 'later' : 'at once' }
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
  const { now, monotonic } = moment
  const { fingerprint } = credential
  const repeated = state.held?.credential.fingerprint === fingerprint ? state.held : undefined
  const life = lifeOfReply(credential, repeated !== undefined, now, rules)
  // A run ahead of need that brings what is over already is as good as one that failed.
  if (flight.reason === 'due' && now > life.endsAt && usableIn(state, moment) !== undefined) {
    return coolDown(state, flight, { kind: 'failed-ahead' }, moment, rules)
  }
  // Field by field: what is spread into an object needs a second one.
  const held: Held = {
    dueAt: life.dueAt,
    endsAt: life.endsAt,
    validFrom: life.validFrom,
    credential,
    now,
    monotonic,
    refused: repeated && (flight.reason === 'rejected' ? 'at once' : repeated.refused),
  }
  const cooldown = cooldownAfterReply(state, flight, held, moment, rules.cooldown)
  return {
    state: { ...state, held, flight: undefined, cooldown },
    action: { kind: 'settle', flight },
  }
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
  const cause: CooldownCause = { kind: flight.ahead ? 'failed-ahead' : 'failed', error }
  return coolDown(state, flight, cause, moment, rules)
}

// The flight brought nothing: what was held stays.
function coolDown(
  state: RenewalState,
  flight: Flight,
  cause: CooldownCause,
  moment: Moment,
  rules: RenewalRules,
): Transition {
  const cooldown = nextCooldown(rules.cooldown, state.cooldown, cause, moment, moment.random)
  return { state: { ...state, flight: undefined, cooldown }, action: { kind: 'settle', flight } }
}
