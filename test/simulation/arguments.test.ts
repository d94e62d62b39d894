import { expect, test } from 'vitest'

import { readArguments } from '../../simulation/arguments.ts'

test.each([
  [[], { kind: 'simulate', page: false, seed: 1 }],
  [['--page', '--seed', '7'], { kind: 'simulate', page: true, seed: 7 }],
  [['--help'], { kind: 'help' }],
  [['--seed', 'x'], { kind: 'unknown', why: '--seed must be a whole number' }],
  [['--seed', ''], { kind: 'unknown', why: '--seed must be a whole number' }],
  [['--fast'], { kind: 'unknown', why: "Unknown option '--fast'" }],
])('the arguments %j are understood', (args, wish) => {
  expect(readArguments(args)).toEqual(wish)
})
