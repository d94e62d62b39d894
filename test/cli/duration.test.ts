import { expect, test } from 'vitest'

import { parseDuration, parseWithUnit } from '../../src/cli/duration.ts'

test.each([
  ['0', 0],
  ['30', 30_000],
  ['30s', 30_000],
  ['1m30s', 90_000],
  ['500ms', 500],
  ['1h', 3_600_000],
  ['1.5h', 5_400_000],
  ['.5s', 500],
  ['2.s', 2000],
  ['1500us', 1.5],
  ['1500µs', 1.5],
  ['1500μs', 1.5],
  ['2000000ns', 2],
  ['+3s', 3000],
  ['0s', 0],
])('%s is %d ms', (text, ms) => {
  expect(parseDuration(text)).toBeCloseTo(ms, 6)
})

test.each(['', '-1', '-1s', 's', '1', '1x', '1 s', '1s ', '1.5', '.', '.s', '1m30'])(
  '%j is %s',
  (text) => {
    expect(parseDuration(text)).toBe(text === '1' ? 1000 : undefined)
  },
)

test.each([
  ['1', undefined],
  ['+05', undefined],
  ['0', 0],
  ['1s', 1000],
  ['1m30s', 90_000],
])('%s, where a unit is wanted, is %s', (text, ms) => {
  expect(parseWithUnit(text)).toBe(ms)
})
