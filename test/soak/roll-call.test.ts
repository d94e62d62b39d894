import { describe, expect, test } from 'vitest'

import { RollCall, type Presented } from '../../soak/roll-call.ts'

const rollCall = (): RollCall => new RollCall((client) => [`soak-${client}`])

function request(seenAt: number, rest: Partial<Presented> = {}): Presented {
  return {
    client: 'undici',
    startedAt: seenAt - 5,
    seenAt,
    user: 'soak-undici',
    authorization: 'Bearer one',
    fingerprint: undefined,
    ...rest,
  }
}

describe('the roll call', () => {
  test('has nothing against a client that goes from one credential to the next', () => {
    const calls = rollCall()
    const wrong = ['one', 'one', 'two', 'two', 'three'].flatMap((token, index) =>
      calls.see(request(100 + index * 10, { authorization: `Bearer ${token}` })),
    )
    expect(wrong).toEqual([])
  })

  test('tells when somebody is taken for another', () => {
    expect(rollCall().see(request(100, { user: 'soak-https' }))).toEqual([
      'undici was taken for "soak-https"',
    ])
  })

  test.each([
    ['token', { authorization: 'Bearer one' }, { authorization: 'Bearer two' }],
    ['certificate', { fingerprint: 'one' }, { fingerprint: 'two' }],
  ] as const)('tells when a request begins with a %s that was replaced', (what, old, next) => {
    const calls = rollCall()
    const base = { authorization: undefined }
    calls.see(request(100, { ...base, ...old }))
    calls.see(request(200, { ...base, ...next }))
    expect(calls.see(request(300, { ...base, ...old, startedAt: 201 }))).toEqual([
      `undici showed a ${what} again that it had replaced`,
    ])
  })

  test('lets those come late that had begun before', () => {
    const calls = rollCall()
    calls.see(request(100))
    calls.see(request(200, { authorization: 'Bearer two' }))
    expect(calls.see(request(300, { startedAt: 199 }))).toEqual([])
  })

  test('looks at a credential that is not accepted, too', () => {
    const calls = rollCall()
    calls.see(request(100))
    calls.see(request(200, { authorization: 'Bearer two' }))
    expect(calls.see(request(300, { user: undefined }))).toHaveLength(1)
  })
})
