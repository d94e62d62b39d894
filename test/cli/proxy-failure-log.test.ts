import { expect, test } from 'vitest'

import { FailureLog } from '../../src/cli/proxy-failure-log.ts'
import { KubecredError } from '../../src/doors/index.ts'
import { createFakeClock } from '../../src/doors/testing.ts'

const down = new KubecredError('ERR_CONNECTION', 'it is down', { hint: 'start it' })
const slow = new KubecredError('ERR_TIMEOUT', 'no answer in 2 s')

test('a failure is told once, again after ten seconds, and another one at once', () => {
  const clock = createFakeClock()
  const said: string[] = []
  const log = new FailureLog(clock, (line) => said.push(line))
  log.tell(down)
  log.tell(down)
  clock.advance(9_999)
  log.tell(down)
  log.tell(slow)
  log.tell(down)
  clock.advance(10_000)
  log.tell(down)
  expect(said).toEqual([
    'Error while proxying request: it is down (start it)',
    'Error while proxying request: no answer in 2 s',
    'Error while proxying request: it is down (start it)',
    'Error while proxying request: it is down (start it)',
  ])
})

test('a failure is the same while it cools down, though the time until the next try is another', () => {
  const said: string[] = []
  const log = new FailureLog(createFakeClock(), (line) => said.push(line))
  for (const seconds of [3, 2, 1]) {
    log.tell(new KubecredError('ERR_EXEC_FAILED', 'exec: no', { hint: `again in ${seconds} s` }))
  }
  expect(said).toEqual(['Error while proxying request: exec: no (again in 3 s)'])
})
