import { describe, expect, test } from 'vitest'

import type { Cooldown, CooldownCause } from '../../src/credential/cooldown.ts'
import type { Moment } from '../../src/credential/instant.ts'
import { transition, type RenewalRules } from '../../src/credential/renewal-rules.ts'
import {
  emptyState,
  type Flight,
  type Held,
  type RenewalAction,
  type RenewalEvent,
  type RenewalState,
} from '../../src/credential/renewal-state.ts'
import type { Credential } from '../../src/credential/credential.ts'
import { shareOfLife } from '../../src/credential/schedule.ts'
import { nameOf, namedCredential } from './scripted-provider.ts'

// The credential "a" came at 0, is due at 80 s and ends at 100 s.
const [fresh, due, expired] = [50_000, 90_000, 101_000]
const a = namedCredential('a', 100_000)
const b = namedCredential('b', 300_000)
const held: Held = {
  credential: a,
  dueAt: 80_000,
  endsAt: 100_000,
  now: 0,
  monotonic: 0,
  validFrom: -Infinity,
  refused: undefined,
}
const error = new Error('no')
const rejection = { statusCode: 401, headers: {} }

const rules: RenewalRules = {
  schedule: shareOfLife(0.8),
  ownSchedule: false,
  cooldown: { firstMs: 1000, maxMs: 30_000 },
  runsAhead: true,
}
const neverAhead = { ...rules, runsAhead: false }

const asked: RenewalEvent = { kind: 'asked' }
const requested: RenewalEvent = { kind: 'requested' }
const rejectedA: RenewalEvent = { kind: 'rejected', fingerprint: a.fingerprint, rejection }
const rejectedB: RenewalEvent = { kind: 'rejected', fingerprint: b.fingerprint, rejection }
const arrivedB: RenewalEvent = { kind: 'arrived', flightId: 1, credential: b }
const failedAlone: RenewalEvent = { kind: 'failed', flightId: 1, error, waiters: 0 }
const failedUnderTwo: RenewalEvent = { ...failedAlone, waiters: 2 }

function state(changes: Partial<RenewalState> = {}): RenewalState {
  const lastFlightId = changes.flight?.id ?? 0
  return { ...emptyState, held, lastFlightId, ...changes }
}

const empty = { held: undefined }
const refusedAtOnce = { held: { ...held, refused: 'at once' as const } }

function flying(reason: Flight['reason'], ahead = false): { flight: Flight } {
  return { flight: { id: 1, reason, ahead, rejection: undefined } }
}

function cooling(cause: CooldownCause, since: number): { cooldown: Cooldown } {
  return { cooldown: { cause, count: 1, since: at(since), stepMs: 1000, until: since + 1000 } }
}

/** A moment of a machine that never slept and whose clock nobody set. */
function at(now: number): Moment {
  return { now, monotonic: now, random: 0 }
}

const rejectedOnce: CooldownCause = { kind: 'rejected', served: false }
const failure: CooldownCause = { kind: 'failed', error }

// What a transition says, in few words.
function words(action: RenewalAction): string {
  switch (action.kind) {
    case 'use':
      return `use ${nameOf(action.credential)}`
    case 'refuse':
      return `refuse for ${action.retryInMs}`
    case 'settle':
    case 'retry':
      return `${action.kind} ${action.flight.reason}`
    default:
      return action.kind
  }
}

function summary({ held: now, flight, cooldown }: RenewalState): string {
  const parts = [
    nameOf(now?.credential) ?? 'nothing',
    flight && `#${flight.id} ${flight.reason}${flight.ahead ? ' ahead' : ''}`,
    cooldown && `${cooldown.cause.kind} x${cooldown.count}`,
  ]
  return parts.filter((part) => part !== undefined).join(', ')
}

type Row = [
  title: string,
  before: RenewalState,
  event: RenewalEvent,
  now: number,
  action: string,
  after: string,
  rules?: RenewalRules,
]

function outcome(
  before: RenewalState,
  event: RenewalEvent,
  now: number,
  withRules: RenewalRules = rules,
): { action: string; after: string } {
  const result = transition(before, event, at(now), withRules)
  return { action: words(result.action), after: summary(result.state) }
}

describe('asked', () => {
  test.each<Row>([
    ['empty: starts a run', state(empty), asked, 0, 'wait', 'nothing, #1 first'],
    [
      'empty with a run: joins it',
      state({ ...empty, ...flying('first') }),
      asked,
      0,
      'wait',
      'nothing, #1 first',
    ],
    [
      'empty in the cooldown of a failure: refuses',
      state({ ...empty, ...cooling(failure, 0) }),
      asked,
      400,
      'refuse for 600',
      'nothing, failed x1',
    ],
    [
      'empty after the cooldown: starts a run',
      state({ ...empty, ...cooling(failure, 0) }),
      asked,
      1000,
      'wait',
      'nothing, #1 first, failed x1',
    ],
    [
      'empty in the cooldown, with a run on request: joins it',
      state({ ...empty, ...cooling(failure, 0), ...flying('requested') }),
      asked,
      400,
      'wait',
      'nothing, #1 requested, failed x1',
    ],
    ['fresh: uses it', state(), asked, fresh, 'use a', 'a'],
    [
      'fresh with a run on request: uses it',
      state(flying('requested')),
      asked,
      fresh,
      'use a',
      'a, #1 requested',
    ],
    [
      'fresh but rejected, with a run: joins it',
      state(flying('rejected')),
      asked,
      fresh,
      'wait',
      'a, #1 rejected',
    ],
    ['due: uses it and starts a run ahead', state(), asked, due, 'use a', 'a, #1 due ahead'],
    ['due with a run: uses it', state(flying('due', true)), asked, due, 'use a', 'a, #1 due ahead'],
    [
      'due, of a provider that never runs ahead: uses it',
      state(),
      asked,
      due,
      'use a',
      'a',
      neverAhead,
    ],
    ...(['failed', 'failed-ahead', 'stale', 'rejected'] as const).map((kind): Row => {
      const causes = { failed: failure, rejected: rejectedOnce }
      const cause = kind === 'failed' || kind === 'rejected' ? causes[kind] : { kind }
      const before = state(cooling(cause, due))
      return [`due in the cooldown, ${kind}: uses it`, before, asked, due, 'use a', `a, ${kind} x1`]
    }),
    ['expired: starts a run', state(), asked, expired, 'wait', 'a, #1 expired'],
    [
      'expired with a run ahead: joins it and needs it',
      state(flying('due', true)),
      asked,
      expired,
      'wait',
      'a, #1 expired ahead',
    ],
    [
      'expired in the cooldown of a failure: refuses',
      state(cooling(failure, expired)),
      asked,
      expired,
      'refuse for 1000',
      'a, failed x1',
    ],
    [
      'expired in the cooldown of a run ahead: starts a run',
      state(cooling({ kind: 'failed-ahead' }, expired)),
      asked,
      expired,
      'wait',
      'a, #1 expired, failed-ahead x1',
    ],
    [
      'expired when it came: uses it during the cooldown',
      state(cooling({ kind: 'stale' }, expired)),
      asked,
      expired,
      'use a',
      'a, stale x1',
    ],
    [
      'expired after a rejection: starts a run',
      state(cooling(rejectedOnce, expired)),
      asked,
      expired,
      'wait',
      'a, #1 expired, rejected x1',
    ],
    ['closed: refuses', state({ closed: true }), asked, fresh, 'refuse-closed', 'a'],
  ])('%s', (_, before, event, now, action, after, withRules) => {
    expect(outcome(before, event, now, withRules)).toEqual({ action, after })
  })
})

describe('rejected', () => {
  test.each<Row>([
    ['the current one: starts a run', state(), rejectedA, fresh, 'wait', 'a, #1 rejected'],
    ['another one: uses the current', state(), rejectedB, fresh, 'use a', 'a'],
    ['another one, when due: runs ahead', state(), rejectedB, due, 'use a', 'a, #1 due ahead'],
    [
      'one of which nothing is left: starts a run',
      state(empty),
      rejectedA,
      0,
      'wait',
      'nothing, #1 first',
    ],
    [
      'the current one, with a run ahead: joins it and needs it',
      state(flying('due', true)),
      rejectedA,
      due,
      'wait',
      'a, #1 rejected ahead',
    ],
    [
      'the current one, with a run on request: joins it, and it is not handed out meanwhile',
      state(flying('requested')),
      rejectedA,
      fresh,
      'wait',
      'a, #1 rejected',
    ],
    [
      'the current one, with its run: joins it',
      state(flying('rejected')),
      rejectedA,
      fresh,
      'wait',
      'a, #1 rejected',
    ],
    [
      'the current one, in the cooldown of a rejection: uses it',
      state({ ...cooling(rejectedOnce, fresh), ...refusedAtOnce }),
      rejectedA,
      fresh,
      'use a',
      'a, rejected x1',
    ],
    [
      'the current one, which had served, in the cooldown of a rejection: starts a run',
      state(cooling(rejectedOnce, fresh)),
      rejectedA,
      fresh,
      'wait',
      'a, #1 rejected, rejected x1',
    ],
    [
      'the current one, in a cooldown, with a run on request: joins it',
      state({ ...flying('requested'), ...cooling(rejectedOnce, fresh) }),
      rejectedA,
      fresh,
      'wait',
      'a, #1 rejected, rejected x1',
    ],
    [
      'the current one, in the cooldown of a failure: uses it',
      state(cooling(failure, fresh)),
      rejectedA,
      fresh,
      'use a',
      'a, failed x1',
    ],
    [
      'the current one, in the cooldown of a run ahead: starts a run',
      state(cooling({ kind: 'failed-ahead' }, due)),
      rejectedA,
      due,
      'wait',
      'a, #1 rejected, failed-ahead x1',
    ],
    [
      'the current one, expired, in the cooldown of a failure: refuses',
      state(cooling(failure, expired)),
      rejectedA,
      expired,
      'refuse for 1000',
      'a, failed x1',
    ],
    [
      'the current one, expired when it came: uses it during the cooldown',
      state(cooling({ kind: 'stale' }, expired)),
      rejectedA,
      expired,
      'use a',
      'a, stale x1',
    ],
    [
      'the current one, expired, in the cooldown of a rejection: starts a run',
      state({ ...cooling(rejectedOnce, expired), ...refusedAtOnce }),
      rejectedA,
      expired,
      'wait',
      'a, #1 expired, rejected x1',
    ],
    ['closed: refuses', { ...emptyState, closed: true }, rejectedA, 0, 'refuse-closed', 'nothing'],
  ])('%s', (_, before, event, now, action, after, withRules) => {
    expect(outcome(before, event, now, withRules)).toEqual({ action, after })
  })

  test.each([
    ['no run', state()],
    ['a run ahead', state(flying('due', true))],
    ['a run whose answer was told less', state(flying('rejected'))],
  ])('keeps what the server answered, with %s', (_, before) => {
    const joined = transition(before, rejectedA, at(due), rules).state
    expect(joined.flight?.rejection).toBe(rejection)
    const untold = { ...rejectedA, rejection: undefined }
    const again = transition(joined, untold, at(due), rules).state
    expect(again.flight?.rejection).toBe(rejection)
  })
})

describe('what the server thinks of a credential', () => {
  function refusedAfter(ms: number, first?: 'at once' | 'later'): unknown {
    const before = state({ held: { ...held, refused: first } })
    return transition(before, rejectedA, at(ms), rules).state.held?.refused
  }

  test.each([
    ['as soon as it came', 1000, undefined, 'at once'],
    ['after it had served for longer than the first step of a cooldown', 1001, undefined, 'later'],
    ['again, which says nothing more of one that had served', 500, 'later', 'later'],
    ['again, which says nothing more of one that had not', 50_000, 'at once', 'at once'],
  ] as const)('is told by its rejection %s', (_, ms, first, refused) => {
    expect(refusedAfter(ms, first)).toBe(refused)
  })

  test.each<[string, Credential, Flight['reason'], Held['refused'], Held['refused']]>([
    ['is not known of a new one', b, 'rejected', 'later', undefined],
    ['is known of one that is repeated after a rejection', a, 'rejected', 'later', 'at once'],
    ['stays of one that is repeated ahead of need', a, 'due', 'later', 'later'],
  ])('%s', (_, credential, reason, before, after) => {
    const given = state({ ...flying(reason), held: { ...held, refused: before } })
    const event: RenewalEvent = { kind: 'arrived', flightId: 1, credential }
    expect(transition(given, event, at(due), rules).state.held?.refused).toBe(after)
  })

  test.each([
    ['one that had served begins a new row', 'later', 1],
    ['one that had not counts on', 'at once', 2],
  ] as const)('is counted: %s', (_, refused, count) => {
    const before = { ...flying('rejected'), ...cooling(rejectedOnce, 0) }
    const given = state({ ...before, held: { ...held, refused } })
    expect(transition(given, arrivedB, at(fresh), rules).state.cooldown?.count).toBe(count)
  })
})

describe('unasked', () => {
  const unasked: RenewalEvent = { kind: 'unasked' }
  const ahead: CooldownCause = { kind: 'failed-ahead' }
  test.each<Row>([
    ['empty: nothing', state(empty), unasked, 0, 'drop', 'nothing'],
    ['fresh: nothing', state(), unasked, fresh, 'drop', 'a'],
    ['due: starts a run ahead', state(), unasked, due, 'drop', 'a, #1 due ahead'],
    ['due with a run: nothing', state(flying('rejected')), unasked, due, 'drop', 'a, #1 rejected'],
    [
      'due in a cooldown: nothing',
      state(cooling(ahead, due)),
      unasked,
      due,
      'drop',
      'a, failed-ahead x1',
    ],
    [
      'due, of a provider that always prompts: nothing',
      state(),
      unasked,
      due,
      'drop',
      'a',
      neverAhead,
    ],
    [
      'expired: starts a run that may not prompt',
      state(),
      unasked,
      expired,
      'drop',
      'a, #1 expired ahead',
    ],
    ['closed: nothing', { ...emptyState, closed: true }, unasked, 0, 'drop', 'nothing'],
  ])('%s', (_, before, event, now, action, after, withRules) => {
    expect(outcome(before, event, now, withRules)).toEqual({ action, after })
  })
})

describe('requested', () => {
  test.each<Row>([
    ['fresh: starts a run', state(), requested, fresh, 'wait', 'a, #1 requested'],
    [
      'in a cooldown: starts a run all the same',
      state({ ...empty, ...cooling(failure, 0) }),
      requested,
      0,
      'wait',
      'nothing, #1 requested, failed x1',
    ],
    [
      'with a run ahead: joins it and needs it',
      state(flying('due', true)),
      requested,
      due,
      'wait',
      'a, #1 requested ahead',
    ],
    ['with a run: joins it', state(flying('rejected')), requested, due, 'wait', 'a, #1 rejected'],
    ['closed: refuses', state({ closed: true }), requested, 0, 'refuse-closed', 'a'],
  ])('%s', (_, before, event, now, action, after, withRules) => {
    expect(outcome(before, event, now, withRules)).toEqual({ action, after })
  })
})

describe('arrived', () => {
  const stale: RenewalEvent = { ...arrivedB, credential: namedCredential('old', 10_000) }
  test.each<Row>([
    [
      'the first: holds it',
      state({ ...empty, ...flying('first') }),
      arrivedB,
      0,
      'settle first',
      'b',
    ],
    ['ahead of need: holds it', state(flying('due', true)), arrivedB, due, 'settle due', 'b'],
    [
      'after a rejection: holds it and cools down',
      state(flying('rejected')),
      arrivedB,
      fresh,
      'settle rejected',
      'b, rejected x1',
    ],
    [
      'ends the cooldown of a failure',
      state({ ...flying('requested'), ...cooling(failure, fresh) }),
      arrivedB,
      fresh,
      'settle requested',
      'b',
    ],
    [
      'does not end the cooldown of a rejection',
      state({ ...flying('requested'), ...cooling(rejectedOnce, fresh) }),
      arrivedB,
      fresh,
      'settle requested',
      'b, rejected x1',
    ],
    [
      'over already: holds it and cools down',
      state({ ...empty, ...flying('first') }),
      stale,
      fresh,
      'settle first',
      'old, stale x1',
    ],
    [
      'over already, on request: holds it and cools down',
      state(flying('requested')),
      stale,
      fresh,
      'settle requested',
      'old, stale x1',
    ],
    [
      'over already, ahead of need: keeps the good one and cools down',
      state(flying('due', true)),
      stale,
      due,
      'settle due',
      'a, failed-ahead x1',
    ],
    [
      'over already, ahead of need, when the good one has ended too: holds it and cools down',
      state(flying('due', true)),
      stale,
      expired,
      'settle due',
      'old, stale x1',
    ],
    [
      'late: drops it',
      state(flying('due', true)),
      { ...arrivedB, flightId: 0 },
      due,
      'drop',
      'a, #1 due ahead',
    ],
    ['of no run at all: drops it', state(), arrivedB, due, 'drop', 'a'],
  ])('%s', (_, before, event, now, action, after, withRules) => {
    expect(outcome(before, event, now, withRules)).toEqual({ action, after })
  })

  test.each([
    ['new: due at 80 % of its life', b, due, { dueAt: 258_000, endsAt: 300_000 }],
    ['repeated: due after half of what is left', a, due, { dueAt: 95_000, endsAt: 100_000 }],
    ['repeated: due not before the first step', a, 99_500, { dueAt: 100_000, endsAt: 100_000 }],
    [
      'repeated with a later end: adopts it',
      namedCredential('a', 200_000),
      due,
      { dueAt: 145_000, endsAt: 200_000 },
    ],
    [
      'repeated without an end: never due',
      namedCredential('a'),
      due,
      { dueAt: Infinity, endsAt: Infinity },
    ],
  ])('%s', (_, credential, now, life) => {
    const event: RenewalEvent = { kind: 'arrived', flightId: 1, credential }
    const after = transition(state(flying('due', true)), event, at(now), rules).state
    expect(after.held).toEqual({
      credential,
      now,
      monotonic: now,
      refused: undefined,
      validFrom: -Infinity,
      ...life,
    })
  })
})

describe('failed', () => {
  test.each<Row>([
    [
      'the first: cools down',
      state({ ...empty, ...flying('first') }),
      failedUnderTwo,
      0,
      'settle first',
      'nothing, failed x1',
    ],
    [
      'once more: cools down longer',
      state({ ...empty, ...flying('first'), ...cooling(failure, 0) }),
      failedUnderTwo,
      1500,
      'settle first',
      'nothing, failed x2',
    ],
    [
      'rejected: keeps the old one',
      state(flying('rejected')),
      failedUnderTwo,
      fresh,
      'settle rejected',
      'a, failed x1',
    ],
    [
      'ahead: keeps the old one',
      state(flying('due', true)),
      failedAlone,
      due,
      'settle due',
      'a, failed-ahead x1',
    ],
    [
      'ahead, and people need it: starts a run that may prompt',
      state(flying('expired', true)),
      failedUnderTwo,
      expired,
      'retry expired',
      'a, #2 expired',
    ],
    [
      'ahead, and those who needed it have gone: cools down',
      state(flying('expired', true)),
      failedAlone,
      expired,
      'settle expired',
      'a, failed-ahead x1',
    ],
    [
      'late: drops it',
      state(flying('first')),
      { ...failedAlone, flightId: 0 },
      due,
      'drop',
      'a, #1 first',
    ],
  ])('%s', (_, before, event, now, action, after, withRules) => {
    expect(outcome(before, event, now, withRules)).toEqual({ action, after })
  })

  test('tells the new run what the server answered', () => {
    const flight: Flight = { id: 1, reason: 'rejected', ahead: true, rejection }
    const after = transition(state({ flight }), failedUnderTwo, at(due), rules).state
    expect(after.flight).toEqual({ id: 2, reason: 'rejected', ahead: false, rejection })
  })
})

test('closed forgets everything but the number of the last run', () => {
  const before = state({ ...flying('rejected'), ...cooling(failure, 0) })
  const after = transition(before, { kind: 'closed' }, at(0), rules)
  expect(after).toEqual({
    state: { ...emptyState, lastFlightId: 1, closed: true },
    action: { kind: 'refuse-closed' },
  })
})
