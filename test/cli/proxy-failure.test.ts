import { expect, test } from 'vitest'

import { proxyFailure } from '../../src/cli/proxy-failure.ts'
import { KubecredError } from '../../src/doors/index.ts'

class CodedError extends Error {
  readonly code: string

  constructor(message: string, code: string) {
    super(message)
    this.code = code
  }
}

test.each([
  [new KubecredError('ERR_EXEC_FAILED', 'getting credentials: exec: no'), 502, 'BadGateway'],
  [new KubecredError('ERR_RENEWAL_DEADLINE', 'too long'), 504, 'Timeout'],
  [new KubecredError('ERR_STREAM_LIMIT', 'too many'), 503, 'ServiceUnavailable'],
  [new CodedError('no head', 'UND_ERR_HEADERS_TIMEOUT'), 504, 'Timeout'],
  [new CodedError('connect ECONNREFUSED', 'ECONNREFUSED'), 502, 'BadGateway'],
  [new Error('whatever'), 502, 'BadGateway'],
])('%s is a %d', (error, statusCode, reason) => {
  const failure = proxyFailure(error)
  expect(failure.statusCode).toBe(statusCode)
  expect(JSON.parse(failure.body)).toEqual({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: expect.stringContaining(error.message) as string,
    reason,
    code: statusCode,
  })
})

test('the hint stands behind the message', () => {
  const error = new KubecredError('ERR_CONNECTION', 'no connection', { hint: 'start it' })
  expect(proxyFailure(error).body).toContain('"message":"no connection (start it)"')
})

test('a failure that cools down says when it is tried again, and leaves the client to itself', () => {
  const details = { retryInMs: 11_400 }
  const error = new KubecredError('ERR_EXEC_FAILED', 'getting credentials: exec: no', { details })
  const { body, ...answer } = proxyFailure(error)
  expect(JSON.parse(body)).toMatchObject({ details: { retryAfterSeconds: 12 } })
  // With a header kubectl would wait, and ask again, ten times.
  expect(answer).toEqual({ statusCode: 502 })
})

test('an error without words is told by its cause', () => {
  const error = new AggregateError([new Error('connect ECONNREFUSED ::1:1')], '')
  expect(proxyFailure(error).body).toContain(
    'Unable to connect to the server: connect ECONNREFUSED ::1:1',
  )
})
