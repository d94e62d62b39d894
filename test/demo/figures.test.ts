import { expect, test } from 'vitest'

import { count, time } from '../../demo/figures.ts'

test.for([
  [0.0004, '0 µs'],
  [0.3804, '380 µs'],
  [0.9994, '999 µs'],
  [0.9996, '1.0 ms'],
  [9.94, '9.9 ms'],
  [9.96, '10 ms'],
  [999.4, '999 ms'],
  [999.6, '1.0 s'],
  [12_345, '12.3 s'],
] as const)('writes %d milliseconds as %s', ([ms, text]) => {
  expect(time(ms)).toBe(text)
})

test('writes a count with its noun', () => {
  expect([count(0, 'run'), count(1, 'run'), count(2204, 'run')]).toEqual([
    '0 runs',
    '1 run',
    '2,204 runs',
  ])
})
