import { describe, expect, test } from 'vitest'

import { lifeOfRepeated, shareOfLife } from '../../src/credential/schedule.ts'
import { namedCredential } from './scripted-provider.ts'

describe('shareOfLife', () => {
  test.each([
    ['is due after the share of what was left', 0.8, 1000, 2000, { dueAt: 1800, endsAt: 2000 }],
    ['is due at once for a share of nothing', 0, 1000, 2000, { dueAt: 1000, endsAt: 2000 }],
    ['is never due for the whole share', 1, 1000, 2000, { dueAt: Infinity, endsAt: 2000 }],
    ['is due at once when it had ended already', 0.8, 1000, 900, { dueAt: 1000, endsAt: 900 }],
    ['never ends without an end', 0.8, 1000, undefined, { dueAt: Infinity, endsAt: Infinity }],
  ])('%s', (_, share, receivedAt, expiresAt, life) => {
    expect(shareOfLife(share)(namedCredential('a', expiresAt), receivedAt)).toEqual(life)
  })
})

describe('lifeOfRepeated', () => {
  test.each([
    ['is due after half of what is left', { dueAt: 80, endsAt: 100 }, 80, 5, 90],
    ['is due not before the least wait', { dueAt: 80, endsAt: 100 }, 94, 5, 99],
    [
      'is due at its end when less than the least wait is left',
      { dueAt: 80, endsAt: 100 },
      98,
      5,
      100,
    ],
    ['is due at its end when that has passed', { dueAt: 80, endsAt: 100 }, 120, 5, 100],
    ['is never due when it was never due', { dueAt: Infinity, endsAt: 100 }, 50, 5, Infinity],
  ])('%s', (_, life, now, atLeastMs, dueAt) => {
    expect(lifeOfRepeated(life, now, atLeastMs)).toEqual({ dueAt, endsAt: life.endsAt })
  })
})
