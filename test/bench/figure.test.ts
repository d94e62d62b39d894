import { expect, test } from 'vitest'

import { figure, spreadText } from '../../bench/page/figure.ts'

test.for([
  [5480.4, 'per s', '5,480 per s'],
  [118.12, 'ms', '118 ms'],
  [99.96, 'ms', '100 ms'],
  [14.21, 'ms', '14.2 ms'],
  [0.174, 'ms', '0.17 ms'],
  [0.0174, 'ms', '0.017 ms'],
  [10_000, '', '10,000'],
  [0, '', '0'],
] as const)('writes %d %s as %s', ([value, unit, text]) => {
  expect(figure(value, unit)).toBe(text)
})

test.for([
  [{ median: 1.038, min: 0.97, max: 1.104 }, '1.04 (0.97–1.10)'],
  // Two digits would make a goal of 0.97 of it.
  [{ median: 0.969, min: 0.92, max: 1.02 }, '0.969 (0.92–1.02)'],
  [{ median: 17.66, min: 11.9, max: 23.6 }, '17.7 (11.90–23.60)'],
  [{ median: 2, min: 2, max: 2 }, '2.00'],
] as const)('writes the ratio %j as %s', ([spread, text]) => {
  expect(spreadText(spread)).toBe(text)
})
