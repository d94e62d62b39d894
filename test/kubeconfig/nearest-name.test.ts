import { expect, test } from 'vitest'

import { nameHint, nearestNames } from '../../src/kubeconfig/nearest-name.ts'

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

test('the hint asks for near names, else lists what there is', () => {
  const many = Array.from({ length: 10 }, (_, index) => `cluster-number-${index}`)
  expect(nameHint('prud', ['prod', 'dev'], 'contexts')).toBe('did you mean "prod"?')
  expect(nameHint('aab', ['aac', 'aad'], 'contexts')).toBe('did you mean "aac" or "aad"?')
  expect(nameHint('prod', ['a', 'b'], 'users')).toBe('the users are: "a", "b"')
  expect(nameHint('zzz', many, 'clusters')).toMatch(/"cluster-number-7" and 2 more$/u)
  expect(nameHint('zzz', [], 'clusters')).toBe('there are no clusters in the kubeconfig')
})
