import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { issuedAt, latestRenewal, placeOf, spreadLife } from '../../src/token/token-schedule.ts'

const hour = 3_600_000
const start = Date.UTC(2030, 0, 1)
const grant = (expirationSeconds: number, from = start): Parameters<typeof issuedAt>[0] => ({
  expirationSeconds,
  expiresAt: from + expirationSeconds * 1000,
})
const places = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const lives = fc.constantFrom(600, 3600, 3607, 86_400, 40 * 3600, 365 * 86_400)

describe('the latest renewal of a token', () => {
  test.each([
    [3600, 2880],
    [3607, 3607 - 721],
    [86_400, 69_120],
    [40 * 3600, 86_400],
  ])('of %i s is %i s after it was issued, as the kubelet has it', (life, after) => {
    expect(latestRenewal(grant(life))).toBe(start + after * 1000)
  })
})

describe('a token is due', () => {
  test('at its own place, and never later than the kubelet would renew it', () => {
    fc.assert(
      fc.property(places, lives, fc.nat({ max: 10 * 86_400_000 }), (place, life, offset) => {
        const granted = grant(life, start + offset)
        const { dueAt, endsAt } = spreadLife(granted, place, issuedAt(granted))
        expect(dueAt).toBeLessThanOrEqual(latestRenewal(granted))
        expect(dueAt).toBeGreaterThan(issuedAt(granted))
        expect(endsAt).toBe(granted.expiresAt)
      }),
    )
  })

  test('once a stride from its first renewal on, however late each answer comes', () => {
    fc.assert(
      fc.property(places, fc.array(fc.nat({ max: 30_000 }), { minLength: 5 }), (place, delays) => {
        const stride = 2_880_000 * 0.97
        let { dueAt } = spreadLife(grant(3600), place, start)
        // The first life is cut short, or a little longer.
        const strides: number[] = []
        for (const delay of delays) {
          const granted = grant(3600, Math.floor((dueAt + delay) / 1000) * 1000)
          const next = spreadLife(granted, place, dueAt + delay)
          strides.push(next.dueAt - dueAt)
          dueAt = next.dueAt
        }
        expect(strides.slice(1).every((one) => Math.abs(one - stride) < 1)).toBe(true)
      }),
    )
  })

  test('not at once, when this clock is ahead of the server’s', () => {
    const received = start + 10 * 60_000
    for (let place = 0; place < 1; place += 0.01) {
      const { dueAt } = spreadLife(grant(3600), place, received)
      expect(dueAt).toBeGreaterThan(received + 60_000)
    }
  })

  test.each([
    ['that ended before it came', { expirationSeconds: 0, expiresAt: start - hour }],
    ['whose lifetime is longer than what is left', { expirationSeconds: 3600, expiresAt: start }],
    ['without any', { expirationSeconds: 0, expiresAt: start + hour }],
  ])('at some time, with a reply %s', (_, granted) => {
    const life = spreadLife(granted, 0.5, start)
    expect(Number.isFinite(life.dueAt)).toBe(true)
    expect(life).toMatchObject({ endsAt: granted.expiresAt })
  })

  test('at once by a clock that stands before it was issued', () => {
    expect(spreadLife(grant(3600), 0.5, start + 1)).toMatchObject({ validFrom: start })
  })
})

describe('the place of a token', () => {
  test('is its own on each node, and the same each time', () => {
    const all = ['a', 'b'].flatMap((node) => ['x', 'y', 'z'].map((key) => placeOf(node, key)))
    expect(new Set(all).size).toBe(6)
    expect(all.every((place) => place >= 0 && place < 1)).toBe(true)
    expect(placeOf('a', 'x')).toBe(all[0])
  })

  test('tells a node from a key', () => {
    expect(placeOf('ab', 'c')).not.toBe(placeOf('a', 'bc'))
  })
})
