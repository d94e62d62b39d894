import { expect, test } from 'vitest'

import { readArguments } from '../../soak/arguments.ts'

test.each([
  [[], { kind: 'soak', minutes: 5, seed: 99 }],
  [['--minutes', '0.5', '--seed', '7'], { kind: 'soak', minutes: 0.5, seed: 7 }],
  [['--hours', '2'], { kind: 'soak', minutes: 120, seed: 99 }],
  [['--help'], { kind: 'help' }],
  [['--minutes', '0'], { kind: 'unknown', why: 'the time must be a number above zero' }],
  [['--minutes', 'x'], { kind: 'unknown', why: 'the time must be a number above zero' }],
  [['--seed', 'x'], { kind: 'unknown', why: '--seed must be a whole number' }],
  [
    ['--hours', '1', '--minutes', '1'],
    { kind: 'unknown', why: '--minutes and --hours say the same thing' },
  ],
  [['--fast'], { kind: 'unknown', why: "Unknown option '--fast'" }],
])('the arguments %j are understood', (args, wish) => {
  expect(readArguments(args, 99)).toEqual(wish)
})
