import { describe, expect, test } from 'vitest'

import {
  LostInterest,
  ownMark,
  proxyTrouble,
  RequestTrouble,
  troubleOf,
} from '../../soak/trouble.ts'
import { KubecredError } from '../../src/doors/index.ts'

const coded = (code: string): Error => Object.assign(new Error('x'), { code })

describe('a failure is sorted', () => {
  test.each([
    [coded('ECONNREFUSED'), 'refused'],
    [coded('UND_ERR_SOCKET'), 'lost'],
    [new TypeError('fetch failed', { cause: coded('ECONNRESET') }), 'lost'],
    [new KubecredError('ERR_CONNECTION', 'x', { cause: coded('EPIPE') }), 'lost'],
    [new KubecredError('ERR_EXEC_FAILED', 'x'), 'credential'],
    [new KubecredError('ERR_RENEWAL_DEADLINE', 'x'), 'credential'],
    [new KubecredError('ERR_CLOSED', 'x'), 'closed'],
    [new KubecredError('ERR_TIMEOUT', 'x'), 'timeout'],
    [new LostInterest('x'), 'aborted'],
    [new RequestTrouble('status 401', 'x'), 'status 401'],
    [Object.assign(new Error('bad upgrade'), { code: 'UND_ERR_SOCKET' }), 'not upgraded'],
    [new KubecredError('ERR_KUBERC', 'x'), 'other'],
    [new Error('what is this'), 'other'],
    ['not even an error', 'other'],
  ])('%o', (error, trouble) => {
    expect(troubleOf(error, false)).toBe(trouble)
  })

  test('as cut, when the answer had begun', () => {
    expect(troubleOf(coded('ECONNRESET'), true)).toBe('cut')
    expect(troubleOf(coded('ECONNREFUSED'), true)).toBe('refused')
  })

  test.each([
    [401, '{"kind":"Status"}', 'status 401'],
    [503, `{"kind":"Status",${ownMark}}`, 'status 503'],
    [502, '{"message":"getting credentials: exec: executable x failed"}', 'credential'],
    [502, '{"message":"The connection to the server x was refused"}', 'refused'],
    [502, '{"message":"x closed the connection under the request"}', 'lost'],
    [503, '{"message":"connection to https://x is closed"}', 'closed'],
    [504, '{"message":"no response within 5 s"}', 'timeout'],
  ])('by what a proxy answers: %d %s', (status, body, trouble) => {
    expect(proxyTrouble(status, body)).toBe(trouble)
  })
})
