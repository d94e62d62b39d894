import { expect, test } from 'vitest'

import { readArguments, usageOf } from '../../scripts/fuzz/arguments.ts'

const known = ['yaml', 'reply']

test('no argument is a minute for all targets', () => {
  const wish = { kind: 'fuzz', seconds: 60, seed: undefined, names: known }
  expect(readArguments([], known)).toEqual(wish)
  const args = ['--seconds', '5', '--seed=7', '--target=yaml']
  expect(readArguments(args, known)).toEqual({
    kind: 'fuzz',
    seconds: 5,
    seed: 7,
    names: ['yaml'],
  })
})

test('who asks for help gets it, with the names of the targets', () => {
  expect(readArguments(['--help'], known)).toEqual({ kind: 'help' })
  expect(usageOf(known)).toContain('Targets: yaml, reply\n')
})

test.each([
  ['--bogus', "Unknown option '--bogus'"],
  ['--seconds=abc', '--seconds is a number above zero: abc'],
  ['--seed=1.5', '--seed is a whole number: 1.5'],
  ['--target=nope', 'there is no target "nope"'],
])('%s is told what is wrong with it', (arg, why) => {
  expect(readArguments([arg], known)).toEqual({ kind: 'unknown', why })
})
