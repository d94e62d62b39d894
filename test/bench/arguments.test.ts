import { expect, test } from 'vitest'

import { readArguments } from '../../bench/arguments.ts'

const known = ['proxy', 'expiry']

test.for([
  [[], { kind: 'measure', names: known, quick: false }],
  [['expiry'], { kind: 'measure', names: ['expiry'], quick: false }],
  [['--quick', 'proxy'], { kind: 'measure', names: ['proxy'], quick: true }],
  [['--page'], { kind: 'page' }],
  [['-h'], { kind: 'help' }],
  [['prxy'], { kind: 'unknown', why: 'there is no group "prxy"' }],
] as const)('understands %j', ([args, wish]) => {
  expect(readArguments(args, known)).toEqual(wish)
})

test('refuses a flag that it does not know', () => {
  expect(readArguments(['--fast'], known)).toMatchObject({ kind: 'unknown' })
})
