import { describe, expect, test } from 'vitest'

import {
  isCooling,
  nextCooldown,
  type Cooldown,
  type CooldownCause,
} from '../../src/credential/cooldown.ts'

const policy = { firstMs: 1000, maxMs: 30_000 }
const failed: CooldownCause = { kind: 'failed', error: new Error('no') }

// Failures one after the other, each when the cooldown of the one before has just ended.
function inARow(causes: readonly CooldownCause[], random = 0): Cooldown[] {
  const cooldowns: Cooldown[] = []
  for (const cause of causes) {
    const previous = cooldowns.at(-1)
    cooldowns.push(nextCooldown(policy, previous, cause, previous?.until ?? 0, random))
  }
  return cooldowns
}

describe('nextCooldown', () => {
  test('doubles from the first step up to the longest', () => {
    const steps = inARow(Array.from({ length: 8 }, () => failed)).map(({ stepMs }) => stepMs)
    expect(steps).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000])
  })

  test('stays at the longest however many failures there are', () => {
    const last = inARow(Array.from({ length: 1100 }, () => failed)).at(-1)
    expect(last).toMatchObject({ count: 1100, stepMs: 30_000 })
  })

  test.each([
    [0, 1000],
    [0.5, 1100],
    [0.999_999, 1200],
  ])('adds jitter of at most a fifth: random %d gives %d ms', (random, stepMs) => {
    const cooldown = nextCooldown(policy, undefined, failed, 50, random)
    expect(cooldown).toEqual({ cause: failed, count: 1, since: 50, stepMs, until: 50 + stepMs })
  })

  test('never waits longer than the longest, but for the jitter', () => {
    const impatient = { firstMs: 5000, maxMs: 2000 }
    expect(nextCooldown(impatient, undefined, failed, 0, 0).stepMs).toBe(2000)
    expect(nextCooldown(impatient, undefined, failed, 0, 1).stepMs).toBe(2400)
  })

  test.each([
    ['at the end of the last cooldown', 3000, 3],
    ['as long after it as it lasted', 5000, 3],
    ['later', 5001, 1],
    ['during it', 1500, 3],
    ['before it, by a clock that was set back', -9000, 3],
  ])('counts a failure %s accordingly', (_, now, count) => {
    const [, second] = inARow([failed, failed])
    expect(second).toMatchObject({ count: 2, until: 3000, stepMs: 2000 })
    expect(nextCooldown(policy, second, failed, now, 0).count).toBe(count)
  })

  test.each<[CooldownCause['kind'], CooldownCause, number]>([
    ['failed', failed, 2],
    ['stale', { kind: 'stale' }, 2],
    ['rejected', { kind: 'rejected' }, 2],
    ['failed-ahead', { kind: 'failed-ahead' }, 1],
  ])(
    'after %s, which may have prompted or not, counts a failure accordingly',
    (_, cause, count) => {
      expect(inARow([cause, failed]).at(-1)?.count).toBe(count)
    },
  )

  test('grows for runs ahead that fail in a row', () => {
    const ahead: CooldownCause = { kind: 'failed-ahead' }
    expect(inARow([ahead, ahead, ahead]).at(-1)?.count).toBe(3)
  })
})

describe('isCooling', () => {
  const cooldown = nextCooldown(policy, undefined, failed, 10_000, 0)

  test.each([
    ['not before it began, when the clock was set back', 9999, false],
    ['when it begins', 10_000, true],
    ['until just before its end', 10_999, true],
    ['not at its end', 11_000, false],
  ])('%s', (_, now, cooling) => {
    expect(isCooling(cooldown, now)).toBe(cooling)
  })

  test('is false without a cooldown', () => {
    expect(isCooling(undefined, 0)).toBe(false)
  })
})
