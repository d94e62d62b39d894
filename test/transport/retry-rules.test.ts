import { describe, expect, test } from 'vitest'

import {
  readRetries,
  retryDelay,
  type Outcome,
  type Tried,
} from '../../src/transport/retry-rules.ts'

const rules = readRetries({})
const once: Tried = { method: 'GET', retries: 0, canResend: true }
const answered = (statusCode: number, retryAfter?: string | readonly string[]): Outcome => ({
  statusCode,
  retryAfter,
})
const failed = (code: string): Outcome => ({ error: Object.assign(new Error('failed'), { code }) })

describe('retryDelay', () => {
  test.each([429, 500, 502, 503, 504, 599])('waits as long as a %i asks for', (statusCode) => {
    expect(retryDelay(answered(statusCode, '3'), once, rules)).toBe(3000)
    expect(retryDelay(answered(statusCode), once, rules)).toBeUndefined()
  })

  test.each([200, 301, 400, 401, 403, 404, 408, 409, 425, 428, 430, 499])(
    'passes a %i on, whatever it asks for',
    (statusCode) => {
      expect(retryDelay(answered(statusCode, '0'), once, rules)).toBeUndefined()
    },
  )

  test.each([
    ['0', 0],
    ['1', 1000],
    ['+5', 5000],
    ['007', 7000],
    ['-1', 0],
    ['60', 60_000],
  ])('reads the number %j as Go does', (text, waitMs) => {
    expect(retryDelay(answered(429, text), once, rules)).toBe(waitMs)
  })

  test.each([
    '',
    'soon',
    '1.5',
    '1s',
    '0x1',
    '1_0',
    '1e1',
    '٣',
    '--1',
    'Wed, 21 Oct 2065 07:28:00 GMT',
    '99999999999999999999',
    '-99999999999999999999',
  ])('takes %j for no number', (text) => {
    expect(retryDelay(answered(503, text), once, rules)).toBeUndefined()
  })

  test('takes the first of several headers', () => {
    expect(retryDelay(answered(429, ['2', '1']), once, rules)).toBe(2000)
    expect(retryDelay(answered(429, []), once, rules)).toBeUndefined()
  })

  test('passes on what asks for more than the longest wait', () => {
    expect(retryDelay(answered(429, '61'), once, rules)).toBeUndefined()
    expect(retryDelay(answered(429, '86400'), once, rules)).toBeUndefined()
    expect(retryDelay(answered(429, '61'), once, readRetries({ maxWaitMs: 61_000 }))).toBe(61_000)
  })

  test.each(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])(
    'sends a GET again a second after its connection was lost: %s',
    (code) => {
      expect(retryDelay(failed(code), once, rules)).toBe(1000)
      for (const method of ['HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'get']) {
        expect(retryDelay(failed(code), { ...once, method }, rules)).toBeUndefined()
      }
    },
  )

  test.each([
    'ECONNREFUSED',
    'ENOTFOUND',
    'ETIMEDOUT',
    'UND_ERR_HEADERS_TIMEOUT',
    'UND_ERR_CONNECT_TIMEOUT',
    'CERT_HAS_EXPIRED',
    'ERR_CLOSED',
    'ERR_TIMEOUT',
  ])('passes on what is no lost connection: %s', (code) => {
    expect(retryDelay(failed(code), once, rules)).toBeUndefined()
  })

  test('ends after ten times', () => {
    expect(retryDelay(answered(429, '0'), { ...once, retries: 9 }, rules)).toBe(0)
    expect(retryDelay(answered(429, '0'), { ...once, retries: 10 }, rules)).toBeUndefined()
    expect(retryDelay(failed('ECONNRESET'), { ...once, retries: 10 }, rules)).toBeUndefined()
  })

  test('sends nothing again whose body it does not have', () => {
    expect(retryDelay(answered(429, '0'), { ...once, canResend: false }, rules)).toBeUndefined()
  })
})

describe('readRetries', () => {
  test('fills in what is left out from what holds otherwise', () => {
    expect(readRetries(undefined)).toEqual({ max: 10, maxWaitMs: 60_000 })
    expect(readRetries(false)).toEqual({ max: 0, maxWaitMs: 60_000 })
    expect(readRetries({ max: 3 }, { max: 5, maxWaitMs: 7 })).toEqual({ max: 3, maxWaitMs: 7 })
    expect(readRetries({ maxWaitMs: 3 }, readRetries(false))).toEqual({ max: 0, maxWaitMs: 3 })
  })

  test('refuses what is no number', () => {
    expect(() => readRetries({ max: -1 })).toThrow('"retries.max" must not be less than zero: -1')
    expect(() => readRetries({ maxWaitMs: NaN })).toThrow('"retries.maxWaitMs" must not be')
  })
})
