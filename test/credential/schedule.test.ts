import { describe, expect, test } from 'vitest'

import { checkedLife, lifeOfRepeated, shareOfLife } from '../../src/credential/schedule.ts'
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
    ['is due after the least wait without an end', { dueAt: 80, endsAt: Infinity }, 80, 5, 85],
    ['is never due when it was never due', { dueAt: Infinity, endsAt: 100 }, 50, 5, Infinity],
  ])('%s', (_, life, now, atLeastMs, dueAt) => {
    const whole = { ...life, validFrom: 7 }
    expect(lifeOfRepeated(whole, now, atLeastMs)).toEqual({ ...whole, dueAt })
  })
})

describe('checkedLife', () => {
  test('takes numbers, and Infinity for never', () => {
    const life = { dueAt: -1, endsAt: Infinity }
    expect(checkedLife(life)).toEqual({ ...life, validFrom: -Infinity })
  })

  test.each<[string, string]>([
    ['{}', 'must give a number as "dueAt": undefined'],
    ['{ "dueAt": 1 }', 'must give a number as "endsAt": undefined'],
    ['{ "dueAt": "1", "endsAt": 2 }', 'must give a number as "dueAt": 1'],
    ['{ "dueAt": 1, "endsAt": null }', 'must give a number as "endsAt": null'],
  ])('refuses what a program without types may give: %s', (json, message) => {
    expect(() => checkedLife(JSON.parse(json))).toThrow(new TypeError(`"schedule" ${message}`))
  })

  test('refuses what is no number', () => {
    expect(() => checkedLife({ dueAt: Number.NaN, endsAt: 1 })).toThrow(TypeError)
  })
})
