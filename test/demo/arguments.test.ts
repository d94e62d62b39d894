import { expect, test } from 'vitest'

import { readArguments } from '../../demo/arguments.ts'

test.for([
  [[], { kind: 'story', keep: false }],
  [['--keep'], { kind: 'story', keep: true }],
  [['-h'], { kind: 'help' }],
  [['--keep', '--help'], { kind: 'help' }],
  [['--foo'], { kind: 'unknown', why: "Unknown option '--foo'" }],
  [['keep'], { kind: 'unknown', why: "Unexpected argument 'keep'" }],
  [['--keep=yes'], { kind: 'unknown', why: "Option '--keep' does not take an argument" }],
] as const)('understands %j', ([args, wish]) => {
  expect(readArguments(args)).toEqual(wish)
})
