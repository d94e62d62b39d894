import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import {
  issuedAt,
  latestRenewal,
  placeOf,
  spreadLife,
  type GrantedLife,
} from '../../src/token/token-schedule.ts'
import { difference } from '../differences.ts'

const secondMs = 1000
const minuteMs = 60 * secondMs
const hourMs = 60 * minuteMs
const issued = Date.UTC(2030, 0, 1)
// Moments are computed from times since the epoch, in floating point.
const roundingMs = 0.01

const places = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
/** From 10 minutes, the least that a server grants, to a month. */
const lives = fc.integer({ min: 600, max: 30 * 86_400 })
const moments = fc.integer({ min: 0, max: 400 * 86_400 }).map((s) => issued + s * secondMs)
const latencies = fc.integer({ min: 0, max: 5000 })

function lifeFrom(atMs: number, expirationSeconds: number): GrantedLife {
  return { expiresAt: atMs + expirationSeconds * secondMs, expirationSeconds }
}

/** How long the kubelet would leave it alone. */
function longest(granted: GrantedLife): number {
  return latestRenewal(granted) - issuedAt(granted)
}

describe('the latest renewal', () => {
  test.each([
    ['80 % of an hour', 3600, 48 * minuteMs],
    ['80 % of ten minutes', 600, 8 * minuteMs],
    ['80 % of what the kubelet asks for', 3607, 3607 * secondMs - 721 * secondMs],
    ['80 % of 30 hours', 30 * 3600, 24 * hourMs],
    ['24 hours of two days', 48 * 3600, 24 * hourMs],
    ['24 hours of a year', 365 * 86_400, 24 * hourMs],
  ])('is at %s', (_, expirationSeconds, afterMs) => {
    expect(latestRenewal(lifeFrom(issued, expirationSeconds))).toBe(issued + afterMs)
  })
})

describe('a token by a clock that is right', () => {
  test('is due after the first hundredth of the time to its latest renewal, and never later than that', () => {
    difference('token-places')
    fc.assert(
      fc.property(moments, lives, places, latencies, (at, seconds, place, latency) => {
        const granted = lifeFrom(at, seconds)
        const { dueAt, endsAt, validFrom } = spreadLife(granted, place, at + latency)
        expect(dueAt).toBeLessThanOrEqual(latestRenewal(granted))
        expect(dueAt).toBeGreaterThan(at + longest(granted) / 100)
        expect([endsAt, validFrom]).toEqual([granted.expiresAt, at])
      }),
    )
  })

  test('is due at moments of its own, whenever it was made', () => {
    fc.assert(
      fc.property(places, lives, moments, moments, (place, seconds, oneAt, otherAt) => {
        const [one = 0, other = 0] = [oneAt, otherAt].map(
          (at) => spreadLife(lifeFrom(at, seconds), place, at).dueAt,
        )
        const strides = (one - other) / (longest(lifeFrom(0, seconds)) * 0.985)
        expect(Math.abs(strides - Math.round(strides))).toBeLessThan(1e-6)
      }),
    )
  })

  test('comes back to its moments with the renewal that follows one that was late', () => {
    fc.assert(
      fc.property(
        places,
        moments,
        fc.integer({ min: 0, max: 40 * minuteMs }),
        (place, at, late) => {
          const { dueAt } = spreadLife(lifeFrom(at, 3600), place, at)
          const renewed = Math.floor((dueAt + late) / secondMs) * secondMs
          const next = spreadLife(lifeFrom(renewed, 3600), place, renewed + 20).dueAt
          const strides = (next - dueAt) / (48 * minuteMs * 0.985)
          expect(Math.abs(strides - Math.round(strides))).toBeLessThan(1e-6)
        },
      ),
    )
  })

  test('lives for as long each time, 98.5 % of the time that the kubelet leaves it alone', () => {
    fc.assert(
      fc.property(places, lives, moments, latencies, (place, seconds, at, latency) => {
        const { dueAt } = spreadLife(lifeFrom(at, seconds), place, at)
        const renewed = Math.floor(dueAt / secondMs) * secondMs
        const granted = lifeFrom(renewed, seconds)
        const next = spreadLife(granted, place, renewed + latency).dueAt
        expect(next - dueAt).toBeCloseTo(longest(granted) * 0.985, 1)
      }),
    )
  })

  test('is due within 24 hours, however long it lives', () => {
    const week = lifeFrom(issued, 7 * 86_400)
    const dues = [0, 0.25, 0.5, 0.75, 0.999].map((place) => spreadLife(week, place, issued).dueAt)
    expect(Math.max(...dues)).toBeLessThanOrEqual(issued + 24 * hourMs)
    expect(Math.min(...dues)).toBeGreaterThan(issued)
  })
})

describe('a token by a clock that is wrong', () => {
  const skews = fc.integer({ min: -47 * minuteMs, max: 47 * minuteMs })

  test('is due after it came, and never later than the latest renewal by that clock', () => {
    fc.assert(
      fc.property(moments, places, skews, (at, place, skew) => {
        const granted = lifeFrom(at, 3600)
        const { dueAt } = spreadLife(granted, place, at + skew)
        expect(dueAt).toBeLessThanOrEqual(latestRenewal(granted))
        expect(dueAt).toBeGreaterThan(at + skew - roundingMs)
      }),
    )
  })

  test('ends when its life has passed since it came, where the clock is behind the server', () => {
    difference('token-life-counts')
    const granted = lifeFrom(issued, 3600)
    const receivedAt = issued - 5 * minuteMs
    const { dueAt, endsAt, validFrom } = spreadLife(granted, 0.5, receivedAt)
    expect([endsAt, validFrom]).toEqual([receivedAt + hourMs, receivedAt])
    expect(dueAt).toBeLessThanOrEqual(receivedAt + 48 * minuteMs)
  })

  test('lives for nearly as long as it can each time, where the clock is ahead of the server', () => {
    const ahead = fc.integer({ min: 0, max: 20 * minuteMs })
    fc.assert(
      fc.property(places, ahead, moments, (place, skew, at) => {
        const first = spreadLife(lifeFrom(at, 3600), place, at + skew).dueAt
        const renewed = first - skew
        const next = spreadLife(lifeFrom(renewed, 3600), place, first).dueAt
        const slack = 48 * minuteMs * 0.015
        expect(next - first).toBeGreaterThan(48 * minuteMs - skew - slack - roundingMs)
      }),
    )
  })

  test('is due at once, where the clock is ahead by more than the kubelet would wait', () => {
    const granted = lifeFrom(issued, 3600)
    const { dueAt } = spreadLife(granted, 0.5, issued + 50 * minuteMs)
    expect(dueAt).toBe(latestRenewal(granted))
  })
})

test('a life of no length is over and due at once', () => {
  expect(spreadLife(lifeFrom(issued, 0), 0.5, issued)).toEqual({
    dueAt: issued,
    endsAt: issued,
    validFrom: issued,
  })
})

describe('the place of a token', () => {
  test('is the same for the same node and key, and lies from 0 up to 1', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (node, key) => {
        const place = placeOf(node, key)
        expect(placeOf(node, key)).toBe(place)
        expect(place >= 0 && place < 1).toBe(true)
      }),
    )
  })

  test('is another on each node, and does not mistake the end of a name for a key', () => {
    const found = new Set([placeOf('a', 'bc'), placeOf('ab', 'c'), placeOf('b', 'bc')])
    expect(found.size).toBe(3)
  })

  test('is as likely in each tenth', () => {
    const tenths = Array.from({ length: 10 }, () => 0)
    for (let token = 0; token < 10_000; token++) {
      const tenth = Math.floor(placeOf('node', `token-${token}`) * 10)
      tenths[tenth] = (tenths[tenth] ?? 0) + 1
    }
    expect(Math.min(...tenths)).toBeGreaterThan(900)
    expect(Math.max(...tenths)).toBeLessThan(1100)
  })
})
