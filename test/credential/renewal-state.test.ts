import { describe, expect, test } from 'vitest'

import { emptyState, phaseOf, usableIn, type Held } from '../../src/credential/renewal-state.ts'
import { namedCredential } from './scripted-provider.ts'

const held: Held = {
  credential: namedCredential('a', 100),
  dueAt: 80,
  endsAt: 100,
  now: 0,
  monotonic: 1000,
  validFrom: -Infinity,
  refused: undefined,
}

describe('phaseOf', () => {
  test.each([
    ['empty before anything happened', emptyState, 0, 'empty'],
    ['fresh until it is due', { ...emptyState, held }, 79, 'fresh'],
    ['due from then on', { ...emptyState, held }, 80, 'due'],
    ['due in the last moment of its life', { ...emptyState, held }, 100, 'due'],
    ['expired after its end', { ...emptyState, held }, 101, 'expired'],
    [
      'expired after its end though never due',
      { ...emptyState, held: { ...held, dueAt: Infinity } },
      101,
      'expired',
    ],
    [
      'fresh for ever when it has no end',
      { ...emptyState, held: { ...held, dueAt: Infinity, endsAt: Infinity } },
      Number.MAX_SAFE_INTEGER,
      'fresh',
    ],
    ['closed whatever it holds', { ...emptyState, held, closed: true }, 0, 'closed'],
  ])('is %s', (_, state, now, phase) => {
    const at = { now, monotonic: 1000 + now }
    expect(phaseOf(state, at)).toBe(phase)
    const usable = phase === 'fresh' || phase === 'due'
    expect(usableIn(state, at)).toBe(usable ? state.held : undefined)
  })

  test.each([
    ['due by the time that passed, when the clock was set back', -5000, 1080, 'due'],
    ['expired by the time that passed, when the clock was set back', -5000, 1101, 'expired'],
    ['fresh as before, when the clock was set back', -5000, 1079, 'fresh'],
    ['due by the time of day, after the machine slept', 80, 1000, 'due'],
    ['expired by the time of day, after the machine slept', 101, 1000, 'expired'],
    ['expired by a clock that was set forward', 1e9, 1001, 'expired'],
  ])('is %s', (_, now, monotonic, phase) => {
    expect(phaseOf({ ...emptyState, held }, { now, monotonic })).toBe(phase)
  })
})
