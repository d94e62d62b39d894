import { describe, expect, test } from 'vitest'

import { statusOf } from '../../src/api/server-status.ts'

const page = { method: 'POST', statusCode: 500, contentType: 'text/html' }
const framed = (words: string): string =>
  `an error on the server (${JSON.stringify(words)}) has prevented the request from succeeding`

describe('an answer that is no Status', () => {
  test('says so with what stands in it for people, of which 2048 bytes count, as in client-go', () => {
    expect(statusOf({ ...page, body: ' gone \n' }).message).toBe(framed('gone'))
    const whole = 'x'.repeat(2048)
    expect(statusOf({ ...page, body: whole }).message).toBe(framed(whole))
    expect(statusOf({ ...page, body: `${whole}y` }).message).toBe(framed(whole))
    const accents = 'é'.repeat(1024)
    expect(statusOf({ ...page, body: `${accents}é` }).message).toBe(framed(accents))
  })

  test('says nothing of what is for programs', () => {
    const image = { ...page, contentType: 'image/png', body: 'PNG' }
    expect(statusOf(image).message).toBe(framed('unknown'))
  })
})
