import { describe, expect, test } from 'vitest'

import { ClockWatch } from '../../src/credential/clock-watch.ts'
import { systemClock, systemRandom } from '../../src/credential/clock.ts'
import { readRenewerOptions, type RenewerOptions } from '../../src/credential/renewer-options.ts'
import { createFakeClock } from '../../src/testing/fake-clock.ts'
import { namedCredential } from './scripted-provider.ts'

describe('readRenewerOptions', () => {
  test('fills in the defaults', () => {
    const { schedule, ...settings } = readRenewerOptions({})
    expect(settings).toEqual({
      ownSchedule: false,
      renewWhenIdle: false,
      cooldown: { firstMs: 1000, maxMs: 30_000 },
      deadlineMs: 300_000,
      aheadDeadlineMs: 60_000,
      clock: systemClock,
      watch: ClockWatch.of(systemClock),
      random: systemRandom,
    })
    expect(schedule(namedCredential('a', 100), 0)).toEqual({ dueAt: 80, endsAt: 100 })
  })

  test('takes what it is given', () => {
    const clock = createFakeClock()
    const options: RenewerOptions = {
      renewWhenIdle: 'while-in-use',
      schedule: () => ({ dueAt: 1, endsAt: 2 }),
      cooldown: { firstMs: 5, maxMs: 6 },
      deadlineMs: Infinity,
      aheadDeadlineMs: 8,
      clock,
      random: () => 0.5,
    }
    const watch = ClockWatch.of(clock)
    expect(readRenewerOptions(options)).toEqual({ ...options, watch, ownSchedule: true })
  })

  test.each<[RenewerOptions['renewAhead'], number]>([
    [0.5, 50],
    [0.99, 99],
    [false, Infinity],
    [undefined, 80],
  ])('renews ahead as it is told: %s', (renewAhead, dueAt) => {
    const { schedule } = readRenewerOptions({ renewAhead })
    expect(schedule(namedCredential('a', 100), 0)).toEqual({ dueAt, endsAt: 100 })
  })

  test.each<[string, object]>([
    ['"renewAhead" must be false, or between 0 and 1: 0', { renewAhead: 0 }],
    ['"renewAhead" must be false, or between 0 and 1: 1', { renewAhead: 1 }],
    ['"renewAhead" must be false, or between 0 and 1: 80', { renewAhead: 80 }],
    ['"renewAhead" must be false, or between 0 and 1: NaN', { renewAhead: Number.NaN }],
    ['"renewAhead" must be false, or between 0 and 1: true', { renewAhead: true }],
    ['"renewAhead" must be false, or between 0 and 1: 0.8', { renewAhead: '0.8' }],
    [
      '"schedule" and "renewAhead" exclude each other',
      { renewAhead: 0.8, schedule: () => ({ dueAt: 1, endsAt: 2 }) },
    ],
    ['"renewWhenIdle" must be true, false or "while-in-use": always', { renewWhenIdle: 'always' }],
    ['"renewWhenIdle" must be true, false or "while-in-use": null', { renewWhenIdle: null }],
    ['"deadlineMs" must be milliseconds, more than zero: "5s"', { deadlineMs: '5s' }],
    ['"deadlineMs" must be milliseconds, more than zero: null', { deadlineMs: null }],
    ['"renewal" must be an object of options: 0.5', JSON.parse('0.5')],
    ['"renewal" must be an object of options: null', JSON.parse('null')],
  ])('refuses what a program without types may give: %s', (message, options) => {
    expect(() => readRenewerOptions(options)).toThrow(new TypeError(message))
  })

  test.each<[string, RenewerOptions]>([
    ['"deadlineMs" must be milliseconds, more than zero: 0', { deadlineMs: 0 }],
    ['"deadlineMs" must be milliseconds, more than zero: NaN', { deadlineMs: Number.NaN }],
    ['"aheadDeadlineMs" must be milliseconds, more than zero: -1', { aheadDeadlineMs: -1 }],
    [
      '"cooldown.firstMs" must be milliseconds, more than zero: 0',
      { cooldown: { firstMs: 0, maxMs: 5 } },
    ],
    [
      '"cooldown.firstMs" must not be more than "cooldown.maxMs": 6, 5',
      { cooldown: { firstMs: 6, maxMs: 5 } },
    ],
    [
      '"cooldown.maxMs" must be milliseconds, more than zero: NaN',
      { cooldown: { firstMs: 1, maxMs: Number.NaN } },
    ],
  ])('refuses a time that is none: %s', (message, options) => {
    expect(() => readRenewerOptions(options)).toThrow(new TypeError(message))
  })
})
