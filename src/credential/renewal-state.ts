import type { RenewalReason } from '../events/channels.ts'
import { isCooling, restOf, type Cooldown } from './cooldown.ts'
import type { Credential } from './credential.ts'
import { timeSince, type Instant } from './instant.ts'
import type { Rejection } from './provider.ts'
import type { CheckedLife } from './schedule.ts'

/** The credential in use, with its life, and the instant when it came. */
export interface Held extends CheckedLife, Instant {
  readonly credential: Credential
  /** When the server rejected it first: as soon as it came, or after it had served for a while. */
  readonly refused: 'at once' | 'later' | undefined
}

/** A renewal that runs. */
export interface Flight {
  /** Grows with each flight; an answer with another number is late, and dropped. */
  readonly id: number
  readonly reason: RenewalReason
  /** Nobody needed it when it started: it must not prompt. */
  readonly ahead: boolean
  /** What the server answered, when the reason is `rejected` and it is known. */
  readonly rejection: Rejection | undefined
}

/** All that a Renewer remembers. */
export interface RenewalState {
  readonly held: Held | undefined
  readonly flight: Flight | undefined
  readonly cooldown: Cooldown | undefined
  readonly lastFlightId: number
  readonly closed: boolean
}

/** What can happen to a Renewer. */
export type RenewalEvent =
  /** Somebody wants a credential. */
  | { readonly kind: 'asked' }
  /** The server answered 401 to the credential of this fingerprint. */
  | {
      readonly kind: 'rejected'
      readonly fingerprint: string
      readonly rejection?: Rejection | undefined
    }
  /** Nobody wants anything, and the source is to be kept fresh all the same. */
  | { readonly kind: 'unasked' }
  /** The program wants a new credential now, cooldown or not. */
  | { readonly kind: 'requested' }
  /** A flight brought a credential. */
  | { readonly kind: 'arrived'; readonly flightId: number; readonly credential: Credential }
  /** A flight failed; `waiters` counts who still waits for it. */
  | {
      readonly kind: 'failed'
      readonly flightId: number
      readonly error: unknown
      readonly waiters: number
    }
  /** The credential is worth nothing any more, whatever the server would say. */
  | { readonly kind: 'withdrawn' }
  | { readonly kind: 'closed' }

/** What a Renewer does about an event. */
export type RenewalAction =
  /** Hand this out; a flight that the state has and had not before starts beside it. */
  | { readonly kind: 'use'; readonly credential: Credential }
  /** Wait for the flight; start it if it is new. */
  | { readonly kind: 'wait' }
  /** Answer with the error of the cooldown. */
  | { readonly kind: 'refuse'; readonly error: unknown; readonly retryInMs: number }
  /** The source is closed. */
  | { readonly kind: 'refuse-closed' }
  /** This flight is over: tell those who wait. */
  | { readonly kind: 'settle'; readonly flight: Flight }
  /** This flight failed under people who need it: a new one, which may prompt, takes its place. */
  | { readonly kind: 'retry'; readonly flight: Flight }
  /** Nothing to tell anybody: an answer that came too late, or a look that nobody waits for. */
  | { readonly kind: 'drop' }

/** How good the current credential is. */
export type RenewalPhase = 'empty' | 'fresh' | 'due' | 'expired' | 'closed'

/** The state before anything happened. */
export const emptyState: RenewalState = {
  held: undefined,
  flight: undefined,
  cooldown: undefined,
  lastFlightId: 0,
  closed: false,
}

/** How good the current credential is at this instant. */
export function phaseOf({ closed, held }: RenewalState, at: Instant): RenewalPhase {
  if (closed) return 'closed'
  if (held === undefined) return 'empty'
  const now = timeSince(held, at)
  if (now > held.endsAt) return 'expired'
  return now < held.dueAt && at.now >= held.validFrom ? 'fresh' : 'due'
}

/** The current credential, if it is good at this instant. */
export function usableIn(state: RenewalState, at: Instant): Held | undefined {
  const phase = phaseOf(state, at)
  return phase === 'fresh' || phase === 'due' ? state.held : undefined
}

/** Whether there is nothing to remember: nothing usable, no run, no cooldown. */
export function isVacant(state: RenewalState, at: Instant): boolean {
  const { flight, cooldown } = state
  return flight === undefined && usableIn(state, at) === undefined && !isCooling(cooldown, at)
}

/** How things stand after a failed run. */
export interface Outlook {
  /** Whether there is a good credential all the same. */
  readonly usable: boolean
  /** Milliseconds until the provider is asked again; 0 when it is being asked already. */
  readonly retryInMs: number
}

/** How things stand at this instant, when a run has just failed and this is done about it. */
export function outlook(
  state: RenewalState,
  { kind }: Pick<RenewalAction, 'kind'>,
  at: Instant,
): Outlook {
  return {
    usable: usableIn(state, at) !== undefined,
    retryInMs: kind === 'retry' ? 0 : restOf(state.cooldown, at),
  }
}
