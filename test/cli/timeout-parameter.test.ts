import { expect, test } from 'vitest'

import { withTimeout } from '../../src/cli/timeout-parameter.ts'

test.each([
  [30_000, '30s'],
  [90_000, '1m30s'],
  [3_600_000, '1h0m0s'],
  [5_430_500, '1h30m30.5s'],
  [500, '500ms'],
  [1.5, '1.5ms'],
  [0.25, '250%C2%B5s'],
  [0.0005, '500ns'],
])('tells the server that it has %d ms', (ms, text) => {
  expect(withTimeout('/api', ms)).toBe(`/api?timeout=${text}`)
})

test('tells no time where there is no limit', () => {
  expect(withTimeout('/api', 0)).toBe('/api')
})

test('adds to a query, and leaves a timeout alone that stands there', () => {
  expect(withTimeout('/api?a=b', 1000)).toBe('/api?a=b&timeout=1s')
  expect(withTimeout('/api?timeout=5s', 1000)).toBe('/api?timeout=5s')
})
