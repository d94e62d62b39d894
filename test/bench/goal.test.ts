import { expect, test } from 'vitest'

import {
  figureAtMost,
  goalText,
  isMet,
  ratioAtLeast,
  ratioAtMost,
  standing,
  type Goal,
} from '../../bench/page/goal.ts'
import type { Measure } from '../../bench/page/results.ts'

const measured = (goal: Goal | undefined, ours: number, ratio?: number): Measure => ({
  name: 'figure',
  unit: 'MiB',
  ours,
  ...(ratio === undefined ? {} : { ratio: { median: ratio, min: ratio, max: ratio } }),
  ...(goal === undefined ? {} : { goal }),
})

test.for([
  ['a ratio as high as its goal', measured(ratioAtLeast(1.25), 0, 1.25), 1, true, '≥ 1.25'],
  ['a ratio of half its goal', measured(ratioAtLeast(4), 0, 2), 0.5, false, '≥ 4'],
  ['a ratio of half of what it may be', measured(ratioAtMost(1.5), 0, 0.75), 2, true, '≤ 1.5'],
  ['a ratio over what it may be', measured(ratioAtMost(1), 0, 2), 0.5, false, '≤ 1'],
  ['a figure within its bound', measured(figureAtMost(100), 50, 9), 2, true, '≤ 100 MiB'],
  ['a figure over its bound', measured(figureAtMost(100), 200), 0.5, false, '≤ 100 MiB'],
  ['nothing where nothing may be', measured(figureAtMost(0), 0), 1, true, '0'],
  ['something where nothing may be', measured(figureAtMost(0), 3), 0, false, '0'],
  ['a ratio that is not there', measured(ratioAtLeast(1), 5), undefined, undefined, '≥ 1'],
  ['a figure without a goal', measured(undefined, 5, 1), undefined, undefined, ''],
] as const)('judges %s', ([, measure, beyond, met, text]) => {
  expect([standing(measure), isMet(measure), goalText(measure)]).toEqual([beyond, met, text])
})
