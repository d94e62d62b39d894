import { describe, expect, test } from 'vitest'

import {
  askedMs,
  isCooling,
  nextCooldown,
  restOf,
  type Cooldown,
  type CooldownCause,
} from '../../src/credential/cooldown.ts'
import { KubecredError } from '../../src/errors/kubecred-error.ts'
import type { Instant } from '../../src/credential/instant.ts'

const policy = { firstMs: 1000, maxMs: 30_000 }
const failed: CooldownCause = { kind: 'failed', error: new Error('no') }

const rejected: CooldownCause = { kind: 'rejected', served: false }

/** An instant of a machine that never slept and whose clock nobody set. */
function at(now: number): Instant {
  return { now, monotonic: now }
}

// Failures one after the other, each when the cooldown of the one before has just ended.
function inARow(causes: readonly CooldownCause[], random = 0): Cooldown[] {
  const cooldowns: Cooldown[] = []
  for (const cause of causes) {
    const previous = cooldowns.at(-1)
    cooldowns.push(nextCooldown(policy, previous, cause, at(previous?.until ?? 0), random))
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
    const cooldown = nextCooldown(policy, undefined, failed, at(50), random)
    expect(cooldown).toEqual({
      cause: failed,
      count: 1,
      since: at(50),
      stepMs,
      until: 50 + stepMs,
    })
  })

  test('never waits longer than the longest, but for the jitter', () => {
    const impatient = { firstMs: 5000, maxMs: 2000 }
    expect(nextCooldown(impatient, undefined, failed, at(0), 0).stepMs).toBe(2000)
    expect(nextCooldown(impatient, undefined, failed, at(0), 1).stepMs).toBe(2400)
  })

  test.each([
    ['at the end of the last cooldown', 3000, 3],
    ['as long after it as it lasted', 5000, 3],
    ['later', 5001, 1],
    ['during it', 1500, 3],
  ])('counts a failure %s accordingly', (_, now, count) => {
    const [, second] = inARow([failed, failed])
    expect(second).toMatchObject({ count: 2, until: 3000, stepMs: 2000 })
    expect(nextCooldown(policy, second, failed, at(now), 0).count).toBe(count)
  })

  test.each<[CooldownCause['kind'], CooldownCause, number]>([
    ['failed', failed, 2],
    ['stale', { kind: 'stale' }, 2],
    ['rejected', rejected, 2],
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

  test('counts a failure by the time that passed, when the clock was set back', () => {
    const [, second] = inARow([failed, failed])
    const quiet = { now: -9000, monotonic: 5001 }
    expect(nextCooldown(policy, second, failed, quiet, 0).count).toBe(1)
    expect(nextCooldown(policy, second, failed, { ...quiet, monotonic: 5000 }, 0).count).toBe(3)
  })

  test('grows for credentials that are rejected as soon as they come, however seldom', () => {
    const [, second] = inARow([rejected, rejected])
    expect(nextCooldown(policy, second, rejected, at(3_600_000), 0)).toMatchObject({
      count: 3,
      stepMs: 4000,
    })
  })

  test('begins anew for a rejected credential that had served, however soon', () => {
    const served: CooldownCause = { kind: 'rejected', served: true }
    expect(inARow([rejected, rejected, served]).at(-1)).toMatchObject({ count: 1, stepMs: 1000 })
  })
})

describe('askedMs', () => {
  test.each([
    ['does not say', {}, 0],
    ['has asked for it', { retryAfterMs: 5000 }, 5000],
    ['had asked others for it before', { retryAfterMs: 5000, retryInMs: 2000 }, 2000],
    ['is asked again after a cooldown of its own', { retryInMs: 2000 }, 0],
    ['has asked for a day', { retryAfterMs: 86_400_000 }, 600_000],
  ])('is how long one that %s is left alone', (_, details, ms) => {
    expect(askedMs(new KubecredError('ERR_TOKEN_REQUEST', 'no', { details }))).toBe(ms)
  })

  test('is nothing for what is no error of ours', () => {
    expect(askedMs(Object.assign(new Error('no'), { details: { retryAfterMs: 5000 } }))).toBe(0)
  })
})

describe('isCooling', () => {
  const cooldown = nextCooldown(policy, undefined, failed, at(10_000), 0)

  test.each<[string, Instant, number]>([
    ['when it begins', at(10_000), 1000],
    ['until just before its end', at(10_999), 1],
    ['not at its end', at(11_000), 0],
    ['not long after it', at(99_000), 0],
    ['as long as ever, when the clock was set back', { now: 0, monotonic: 10_400 }, 600],
    ['not for ever, when the clock was set back', { now: 0, monotonic: 11_000 }, 0],
    ['not any more, when the machine has slept meanwhile', { now: 11_000, monotonic: 10_001 }, 0],
  ])('%s', (_, instant, rest) => {
    expect(isCooling(cooldown, instant)).toBe(rest > 0)
    expect(restOf(cooldown, instant)).toBe(rest)
  })

  test('is false without a cooldown', () => {
    expect([isCooling(undefined, at(0)), restOf(undefined, at(0))]).toEqual([false, 0])
  })
})
