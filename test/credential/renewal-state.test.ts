import { describe, expect, test } from 'vitest'

import { emptyState, phaseOf, usableIn } from '../../src/credential/renewal-state.ts'
import { namedCredential } from './scripted-provider.ts'

const held = { credential: namedCredential('a', 100), dueAt: 80, endsAt: 100 }

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
    expect(phaseOf(state, now)).toBe(phase)
    const usable = phase === 'fresh' || phase === 'due'
    expect(usableIn(state, now)).toBe(usable ? state.held : undefined)
  })
})
