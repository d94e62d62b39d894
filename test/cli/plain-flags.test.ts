import { expect, test } from 'vitest'

import { plainFlags } from '../../src/cli/plain-flags.ts'

const switches = new Set(['insecure', 'i'])

test.each([
  [['-v=6'], ['-v', '6']],
  [['--v=6'], ['-v', '6']],
  [['-v6'], ['-v6']],
  [['--token=a=b'], ['--token=a=b']],
  [['--insecure=true'], ['--insecure']],
  [['--insecure=1'], ['--insecure']],
  [['-i=t'], ['-i']],
  [['--insecure=false', 'x'], ['x']],
  [
    ['-d', '{"a":"b=c"}'],
    ['-d', '{"a":"b=c"}'],
  ],
  [['-dx=y'], ['-dx=y']],
  [['-n='], ['-n', '']],
  [
    ['-v=1', '--', '-v=6'],
    ['-v', '1', '--', '-v=6'],
  ],
])('%j becomes %j', (args, expected) => {
  expect(plainFlags(args, switches)).toEqual({ args: expected })
})

test('a switch with a value that is neither true nor false is refused', () => {
  expect(plainFlags(['x', '--insecure=maybe'], switches)).toEqual({ refused: '--insecure=maybe' })
})
