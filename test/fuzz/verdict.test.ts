import { expect, test } from 'vitest'

import { KubecredError } from '../../src/errors/kubecred-error.ts'
import { attempt } from './attempt.ts'
import { judgeError, secretValue, showsSecret } from './verdict.ts'

const take = (error: unknown) => (): undefined => {
  throw error
}

test('an error of ours is no finding', () => {
  const error = new KubecredError('ERR_EXEC_REPLY', 'words', { hint: 'h', cause: new Error('c') })
  expect(attempt({ name: 'x', take: take(error) }, new Uint8Array())).toBeUndefined()
})

test.each([
  new KubecredError('ERR_EXEC_REPLY', `in the message: ${secretValue}`),
  new KubecredError('ERR_EXEC_REPLY', 'words', { hint: secretValue }),
  new KubecredError('ERR_EXEC_REPLY', 'words', { details: { command: secretValue } }),
  new KubecredError('ERR_EXEC_REPLY', 'words', { cause: new Error(secretValue) }),
  new KubecredError('ERR_EXEC_REPLY', 'words', { cause: { deep: [{ in: secretValue }] } }),
  new KubecredError('ERR_EXEC_REPLY', `a part: ${secretValue.slice(3, 14)}`),
  new TypeError(Buffer.from(secretValue).toString('base64')),
])('a secret is found wherever an error has it (%#)', (error) => {
  expect(judgeError(error)?.kind).toBe('secret')
})

test('any other error is a crash', () => {
  expect(judgeError(new TypeError('x is undefined'))?.kind).toBe('crash')
  expect(judgeError('thrown text')?.kind).toBe('crash')
})

test('a few letters are no secret', () => {
  expect(showsSecret('KUBECRED')).toBe(false)
})
