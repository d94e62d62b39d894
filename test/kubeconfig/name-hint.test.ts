import { expect, test } from 'vitest'

import { nameHint } from '../../src/kubeconfig/name-hint.ts'

test('the hint asks for near names, else lists what there is', () => {
  const many = Array.from({ length: 10 }, (_, index) => `cluster-number-${index}`)
  expect(nameHint('prud', ['prod', 'dev'], 'contexts')).toBe('did you mean "prod"?')
  expect(nameHint('aab', ['aac', 'aad'], 'contexts')).toBe('did you mean "aac" or "aad"?')
  expect(nameHint('prod', ['a', 'b'], 'users')).toBe('the users are: "a", "b"')
  expect(nameHint('zzz', many, 'clusters')).toMatch(/"cluster-number-7" and 2 more$/u)
  expect(nameHint('zzz', [], 'clusters')).toBe('there are no clusters in the kubeconfig')
})
