import { expect, test } from 'vitest'

import { nearestNames } from '../../src/encoding/nearest-names.ts'

test('names with a typing error are near, best first, at most two', () => {
  const names = ['production', 'producton', 'staging', 'prodution-eu', 'productions']
  expect(nearestNames('production', names)).toEqual(['production', 'producton'])
  expect(nearestNames('STAGNIG', names)).toEqual(['staging'])
  expect(nearestNames('x', names)).toEqual([])
})

test('a short name may differ by one letter', () => {
  expect(nearestNames('qa', ['qb', 'xy', 'q'])).toEqual(['qb', 'q'])
})

test('a very long name is near to none', () => {
  expect(nearestNames('x'.repeat(201), ['x'.repeat(200)])).toEqual([])
})
