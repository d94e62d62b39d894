import { expect, test } from 'vitest'

import { coolingError, lastingHint } from '../../src/credential/cooling-error.ts'
import { KubecredError } from '../../src/errors/kubecred-error.ts'

const details = { command: 'aws', exitCode: 255, stderrTail: 'session expired' }

test.each([
  ['log in', 1, 'log in; it is tried again in 1 s'],
  ['log in', 11_001, 'log in; it is tried again in 12 s'],
  [undefined, 30_000, 'it is tried again in 30 s'],
])('a failure with the hint %s is told with the time until the next try', (hint, ms, told) => {
  const failure = new KubecredError('ERR_EXEC_FAILED', 'exec: no', { hint, details })
  const error = coolingError(failure, ms)
  expect(error).toBeInstanceOf(KubecredError)
  expect(error).toMatchObject({
    code: 'ERR_EXEC_FAILED',
    message: 'exec: no',
    hint: told,
    details: { ...details, retryInMs: ms },
    cause: failure,
  })
})

test.each([
  ['log in', 'log in; it is tried again in 4 s'],
  [undefined, 'it is tried again in 4 s'],
])('one with the hint %s that was told before says the new time only', (hint, told) => {
  const failure = new KubecredError('ERR_EXEC_FAILED', 'exec: no', { hint, details })
  const error = coolingError(coolingError(failure, 9000), 4000)
  expect(error).toMatchObject({ hint: told, details: { retryInMs: 4000 } })
})

test('what to do about it is also known without the time', () => {
  for (const hint of ['log in', undefined]) {
    const failure = new KubecredError('ERR_EXEC_FAILED', 'exec: no', { hint })
    expect(lastingHint(failure)).toBe(hint)
    expect(lastingHint(coolingError(failure, 1000))).toBe(hint)
    const framed = new KubecredError('ERR_TIMEOUT', 'framed: exec: no', { cause: failure })
    expect(lastingHint(framed)).toBeUndefined()
  }
  expect(lastingHint(new RangeError('foreign'))).toBeUndefined()
})

test('what a provider of somebody else throws stays what it is', () => {
  const foreign = new RangeError('foreign')
  expect(coolingError(foreign, 1000)).toBe(foreign)
})
