import { describe, expect, test } from 'vitest'

import { systemClock, systemRandom } from '../../src/credential/clock.ts'
import { readRenewerOptions, type RenewerOptions } from '../../src/credential/renewer-options.ts'
import { createFakeClock } from '../../src/testing/fake-clock.ts'
import { namedCredential } from './scripted-provider.ts'

describe('readRenewerOptions', () => {
  test('fills in the defaults', () => {
    const { schedule, ...settings } = readRenewerOptions({})
    expect(settings).toEqual({
      cooldown: { firstMs: 1000, maxMs: 30_000 },
      deadlineMs: 300_000,
      aheadDeadlineMs: 60_000,
      clock: systemClock,
      random: systemRandom,
    })
    expect(schedule(namedCredential('a', 100), 0)).toEqual({ dueAt: 80, endsAt: 100 })
  })

  test('takes what it is given', () => {
    const options = {
      schedule: () => ({ dueAt: 1, endsAt: 2 }),
      cooldown: { firstMs: 5, maxMs: 6 },
      deadlineMs: Infinity,
      aheadDeadlineMs: 8,
      clock: createFakeClock(),
      random: () => 0.5,
    }
    expect(readRenewerOptions(options)).toEqual(options)
  })

  test.each<[string, RenewerOptions]>([
    ['"deadlineMs" must be more than zero: 0', { deadlineMs: 0 }],
    ['"deadlineMs" must be more than zero: NaN', { deadlineMs: Number.NaN }],
    ['"aheadDeadlineMs" must be more than zero: -1', { aheadDeadlineMs: -1 }],
    ['"cooldown.firstMs" must be more than zero: 0', { cooldown: { firstMs: 0, maxMs: 5 } }],
    [
      '"cooldown.maxMs" must be more than zero: NaN',
      { cooldown: { firstMs: 1, maxMs: Number.NaN } },
    ],
  ])('refuses a time that is none: %s', (message, options) => {
    expect(() => readRenewerOptions(options)).toThrow(new TypeError(message))
  })
})
