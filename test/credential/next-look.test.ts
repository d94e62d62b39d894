import { describe, expect, test } from 'vitest'

import { nextIdleLook, nextLook } from '../../src/credential/next-look.ts'
import type { RenewalRules } from '../../src/credential/renewal-rules.ts'
import { emptyState, type RenewalState } from '../../src/credential/renewal-state.ts'
import { shareOfLife } from '../../src/credential/schedule.ts'
import { namedCredential } from './scripted-provider.ts'

const rules: RenewalRules = {
  schedule: shareOfLife(0.8),
  ownSchedule: false,
  cooldown: { firstMs: 1000, maxMs: 30_000 },
  runsAhead: true,
}
const never = { ...rules, runsAhead: false }

/** It came at 0, is due at 40 s and ends at 50 s. */
const held: RenewalState = {
  ...emptyState,
  held: {
    credential: namedCredential('a', 50_000),
    validFrom: -Infinity,
    dueAt: 40_000,
    endsAt: 50_000,
    now: 0,
    monotonic: 0,
    refused: undefined,
  },
}
const endless: RenewalState = {
  ...emptyState,
  held: held.held && { ...held.held, dueAt: Infinity, endsAt: Infinity },
}
const flying: RenewalState = {
  ...held,
  flight: { id: 1, reason: 'due', ahead: true, rejection: undefined },
}

function cooling(state: RenewalState, from: number, stepMs: number): RenewalState {
  const since = { now: from, monotonic: from }
  const cause = { kind: 'failed-ahead' } as const
  return { ...state, cooldown: { cause, count: 1, since, until: from + stepMs, stepMs } }
}

describe('nextLook', () => {
  test.each<[string, RenewalState, number, number, number, RenewalRules?]>([
    ['is when it is due', held, 10_000, 30_000, 30_000],
    ['is at the end, where nothing runs ahead', held, 10_000, 40_001, Infinity, never],
    ['is a minute away at most', { ...held }, -500_000, 60_000, 60_000],
    ['is a second away at least', held, 39_900, 1000, 1000],
    ['is at the end of a cooldown', cooling(held, 41_000, 4000), 42_000, 3000, 3000],
    [
      'is at the end of the credential, when that comes first',
      cooling(held, 41_000, 30_000),
      42_000,
      8001,
      8001,
    ],
    ['is at the end, while a run ahead is under way', flying, 42_000, 8001, Infinity],
    [
      'is never, while a run is all there is',
      { ...flying, held: undefined },
      0,
      Infinity,
      Infinity,
    ],
    ['is now and then for one without an end', endless, 0, Infinity, Infinity],
    [
      'is at the end of a cooldown, when nothing is good',
      cooling(held, 60_000, 4000),
      61_000,
      3000,
      Infinity,
    ],
    ['is soon, when nothing is good', held, 61_000, 1000, Infinity],
    ['is never, when nobody has asked yet', emptyState, 0, 1000, Infinity],
  ])('%s', (_, state, now, look, idle, withRules = rules) => {
    const at = { now, monotonic: now }
    expect(nextLook(state, at, withRules)).toBe(look)
    expect(nextIdleLook(state, at, withRules)).toBe(idle)
  })
})
