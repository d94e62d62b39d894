import { expect, test } from 'vitest'

import { differingAspects } from './compare.ts'
import { aspects, type Observation } from './observation.ts'

const exactly = { loosely: false, fails: '' }
const seen: Observation = {
  runs: [{ cmdline: ['a'], env: ['B=c'], execInfo: ['{}'], stdin: 'null', cwd: '/' }],
  requests: [],
  exitCode: 1,
  stdout: 'out',
  error: 'no: this',
  warnings: [],
  plugin: [],
}
const other: Observation = {
  runs: [{ cmdline: ['a'], env: ['B=c'], execInfo: ['{}\n'], stdin: 'null', cwd: '/' }],
  requests: [
    {
      method: 'GET',
      path: '/',
      headers: {},
      body: undefined,
      user: undefined,
      statusCode: 200,
      certificate: undefined,
      serverName: undefined,
      server: 'first',
    },
  ],
  exitCode: 'SIGINT',
  stdout: '',
  error: 'no: that',
  warnings: ['Warning: x'],
  plugin: ['plugin: x'],
}

test('finds nothing where all is the same', () => {
  expect(differingAspects(seen, structuredClone(seen), exactly)).toEqual([])
})

test.each(aspects)('finds that %s differs, and that alone', (aspect) => {
  const changed = { ...seen, [aspect]: other[aspect] }
  expect(differingAspects(changed, seen, exactly)).toEqual([aspect])
})

test('compares the leading words alone where a case says so', () => {
  const said = (error: string): Observation => ({ ...seen, error })
  const loosely = { loosely: true, fails: 'no: ' }
  expect(differingAspects(said('no: this'), said('no: that'), loosely)).toEqual([])
  expect(differingAspects(said('no: this'), said('yes'), loosely)).toEqual(['error'])
})
