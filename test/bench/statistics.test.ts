import fc from 'fast-check'
import { expect, test } from 'vitest'

import { measuresOf } from '../../bench/measure/figures.ts'
import { inTurns, measure, median, quantile, ratios } from '../../bench/measure/statistics.ts'
import { figureAtMost } from '../../bench/page/goal.ts'

test('the median is the middle one, or lies between the middle two', () => {
  expect([median([3]), median([9, 1, 2]), median([4, 1, 2, 9])]).toEqual([3, 2, 3])
})

test('as many numbers lie below a quantile as it says', () => {
  const numbers = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 50 })
  fc.assert(
    fc.property(numbers, fc.double({ min: 0, max: 1, noNaN: true }), (some, share) => {
      const found = quantile(some, share)
      const below = some.filter((value) => value < found).length
      const atMost = some.filter((value) => value <= found).length
      expect(below).toBeLessThanOrEqual(Math.ceil((some.length - 1) * share))
      expect(atMost).toBeGreaterThanOrEqual(Math.floor((some.length - 1) * share))
    }),
  )
})

test('ratios are taken pair by pair', () => {
  expect(ratios([10, 30, 10], [10, 10, 20])).toEqual({ median: 1, min: 0.5, max: 3 })
})

test('there is no ratio to nothing, nor of nothing', () => {
  expect(measure('lost', '', { ours: [0], theirs: [14] })).toEqual({
    name: 'lost',
    unit: '',
    ours: 0,
    theirs: 14,
  })
  expect(measure('time', 'ms', { ours: [5, 7, 9] }, figureAtMost(8))).toEqual({
    name: 'time',
    unit: 'ms',
    ours: 7,
    goal: figureAtMost(8),
  })
})

test('a figure that could not be measured is left out, one that is neutral has no ratio', () => {
  const sides = { ours: [{ peak: undefined, sent: 4 }], theirs: [{ peak: undefined, sent: 2 }] }
  const found = measuresOf(sides, [
    { name: 'peak', of: ({ peak }) => peak },
    { name: 'sent', of: ({ sent }) => sent, neutral: true },
  ])
  expect(found).toEqual([{ name: 'sent', unit: '', ours: 4, theirs: 2 }])
})

test('two sides take turns, and each goes first as often', async () => {
  const order: string[] = []
  const side = (name: string) => async (): Promise<number> => order.push(name)
  const found = await inTurns(4, side('ours'), side('theirs'))
  expect(order.join(' ')).toBe('ours theirs theirs ours ours theirs theirs ours')
  expect([found.ours.length, found.theirs.length]).toEqual([4, 4])
})
