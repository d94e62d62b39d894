import { describe, expect, test } from 'vitest'

import type { TokenClientAnswer } from '../../src/doors/token.ts'
import { subscribe } from '../../src/events/channels.ts'
import { settled } from './fake-token-server.ts'
import {
  build,
  forAudience,
  hour,
  managerStage,
  minute,
  numberOf,
  outcomeOf,
} from './manager-stage.ts'

/** The API server's answer when there is no such object. */
function missing(kind: string, name: string): TokenClientAnswer {
  const details = { kind, name }
  const message = `${name} not found`
  const status = { kind: 'Status', reason: 'NotFound', message, details }
  return { statusCode: 404, body: JSON.stringify(status) }
}

describe('a recreated account is noticed', () => {
  test('by the claims of a token, where the server’s reply does not tell', async () => {
    const { server, manager } = managerStage()
    server.givesUid = false
    server.jwt = true
    await manager.getServiceAccountToken(build)
    server.uids.set('ci/build', 'uid-2')
    const second = await manager.getServiceAccountToken(forAudience('new'))
    const first = await manager.getServiceAccountToken(build)
    expect([second.serviceAccountUid, first.serviceAccountUid]).toEqual(['uid-2', 'uid-2'])
    expect(server.calls).toHaveLength(3)
  })

  test('at a 401, and all its old tokens go', async () => {
    const { server, manager } = managerStage()
    const old = await manager.getServiceAccountToken(build)
    await manager.getServiceAccountToken(forAudience('x'))
    server.uids.set('ci/build', 'uid-2')
    const renewed = await manager.rejected(old)
    expect([numberOf(renewed), renewed.serviceAccountUid]).toEqual([3, 'uid-2'])
    expect(numberOf(await manager.getServiceAccountToken(forAudience('x')))).toBe(4)
  })

  test('by a token that bypasses the cache', async () => {
    const { server, manager } = managerStage()
    await manager.getServiceAccountToken(build)
    server.uids.set('ci/build', 'uid-2')
    await manager.getServiceAccountToken(build, { bypassCache: true })
    expect(numberOf(await manager.getServiceAccountToken(build))).toBe(3)
  })

  test('by the check of accounts, within its time', async () => {
    const { server, manager } = managerStage({ checkAccountsMs: minute })
    await manager.getServiceAccountToken(build)
    server.uids.set('ci/build', 'uid-2')
    server.clock.advance(minute)
    await settled()
    expect(server.calls.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /api/v1/namespaces/ci/serviceaccounts/build/token',
      'GET /api/v1/namespaces/ci/serviceaccounts/build',
    ])
    expect(numberOf(await manager.getServiceAccountToken(build))).toBe(2)
    await manager.close()
    expect(server.clock.pendingTimers).toBe(0)
  })

  test('by the check, which looks at a few at a time, however many there are', async () => {
    const { server, manager } = managerStage({ checkAccountsMs: minute })
    const names = Array.from({ length: 10 }, (_, index) => `account-${index}`)
    for (const name of names) await manager.getServiceAccountToken({ namespace: 'ci', name })
    server.answersAtOnce = false
    server.clock.advance(minute)
    for (let answered = 10; answered < 20; answered++) {
      await settled()
      expect(server.calls.length).toBe(Math.min(answered + 4, 20))
      await server.call(answered).answer()
    }
    await manager.close()
    expect(server.clock.pendingTimers).toBe(0)
  })

  test('by no check that may not look, which is told of each time', async () => {
    const events: unknown[] = []
    const end = subscribe('kubecred:token:check-failed', (event) => events.push(event))
    const { server, manager } = managerStage({ checkAccountsMs: minute })
    await manager.getServiceAccountToken(build)
    const body = JSON.stringify({ kind: 'Status', reason: 'Forbidden', message: 'no "get"' })
    server.refuses = { statusCode: 403, body }
    server.clock.advance(minute)
    await settled()
    server.answersAtOnce = false
    server.clock.advance(minute)
    await settled()
    await manager.close()
    await settled()
    end()
    const told = { namespace: 'ci', serviceAccount: 'build', errorCode: 'ERR_TOKEN_REQUEST' }
    expect(events).toEqual([{ ...told, message: 'no "get"' }])
  })

  test('when it was only deleted, by the check', async () => {
    const { server, manager } = managerStage({ checkAccountsMs: minute })
    await manager.getServiceAccountToken(build)
    server.refuses = {
      statusCode: 404,
      body: JSON.stringify({ kind: 'Status', reason: 'NotFound' }),
    }
    server.clock.advance(minute)
    await settled()
    await expect(manager.getServiceAccountToken(build)).rejects.toMatchObject({
      code: 'ERR_TOKEN_REQUEST',
    })
    await manager.close()
  })

  test('when it was only deleted, by the answer to a renewal, and is there again when it was made anew', async () => {
    const { server, manager } = managerStage()
    const other = { ...build, audiences: ['vault'] }
    await manager.getServiceAccountToken(build)
    await manager.getServiceAccountToken(other)
    const events: unknown[] = []
    const end = subscribe('kubecred:token:recreated', (event) => events.push(event))
    server.refuses = missing('serviceaccounts', 'build')
    server.clock.advance(50 * minute)
    // It is due: this one is still the old one, and its renewal tells.
    await manager.getServiceAccountToken(build)
    await settled()
    expect(events).toMatchObject([{ serviceAccount: 'build', uid: undefined, dropped: 2 }])
    await expect(manager.getServiceAccountToken(other)).rejects.toMatchObject({
      message: 'failed to fetch token: build not found',
      details: { statusCode: 404 },
    })
    server.refuses = undefined
    server.clock.advance(minute)
    expect(numberOf(await manager.getServiceAccountToken(other))).toBeGreaterThan(2)
    end()
    await manager.close()
  })
})

describe('an account is not taken for another one', () => {
  test.each([
    ['an object that a token is to be bound to', missing('pods', 'build')],
    ['an account of another name', missing('serviceaccounts', 'other')],
    ['a page', { statusCode: 404, body: '<h1>not found</h1>' }],
  ])('because %s is missing', async (_, answer) => {
    const { server, manager } = managerStage()
    await manager.getServiceAccountToken(build)
    server.refuses = answer
    server.clock.advance(50 * minute)
    await manager.getServiceAccountToken(build)
    await settled()
    expect(numberOf(await manager.getServiceAccountToken(build))).toBe(1)
    await manager.close()
  })

  test.each([
    ['a page that is no answer of an API server', { statusCode: 404, body: '<h1>not found</h1>' }],
    ['an answer that says nothing', { statusCode: 200, body: '<h1>welcome</h1>' }],
    ['a failure', { statusCode: 500, body: '' }],
  ])('because of %s', async (_, answer) => {
    const { server, manager } = managerStage({ checkAccountsMs: minute })
    await manager.getServiceAccountToken(build)
    server.refuses = answer
    server.clock.advance(minute)
    await settled()
    expect(server.calls).toHaveLength(2)
    expect(numberOf(await manager.getServiceAccountToken(build))).toBe(1)
    await manager.close()
  })

  test('because a check was overtaken by a reply', async () => {
    const { server, manager } = managerStage({ checkAccountsMs: minute })
    await manager.getServiceAccountToken(build)
    server.answersAtOnce = false
    server.clock.advance(minute)
    await settled()
    const late = server.reply(server.call(1))
    server.uids.set('ci/build', 'uid-2')
    const asked = outcomeOf(manager.getServiceAccountToken(forAudience('x')))
    await settled()
    await server.call(2).answer()
    await server.call(1).answer(late)
    expect(asked.value).toBe(2)
    expect(numberOf(await manager.getServiceAccountToken(forAudience('x')))).toBe(2)
    await manager.close()
  })
})

describe('a token of an account that is known to be another one is not handed out', () => {
  test('when its reply was overtaken by news of that', async () => {
    const { server, manager } = managerStage()
    server.answersAtOnce = false
    const one = outcomeOf(manager.getServiceAccountToken(build))
    const other = outcomeOf(manager.getServiceAccountToken(forAudience('x')))
    await settled()
    const old = server.reply(server.call(0))
    server.uids.set('ci/build', 'uid-2')
    await server.call(1).answer()
    await server.call(0).answer(old)
    expect([one.value, other.value, server.calls.length]).toEqual(['pending', 2, 3])
    await server.call(2).answer()
    expect(one.value).toBe(3)
  })

  test('when it does not tell itself whose it is, and was on its way at the time', async () => {
    const { server, manager } = managerStage({ checkAccountsMs: minute, requestTimeoutMs: hour })
    server.givesUid = false
    await manager.getServiceAccountToken(build)
    server.clock.advance(minute)
    await settled()
    server.answersAtOnce = false
    const asked = outcomeOf(manager.getServiceAccountToken(forAudience('x')))
    await settled()
    server.uids.set('ci/build', 'uid-2')
    server.clock.advance(minute)
    await settled()
    await server.call(3).answer()
    await server.call(2).answer()
    expect([asked.value, server.calls.length]).toEqual(['pending', 5])
    await server.call(4).answer()
    expect(server.uidOfToken(Number(asked.value))).toBe('uid-2')
    server.answersAtOnce = true
    expect(server.uidOfToken(numberOf(await manager.getServiceAccountToken(build)))).toBe('uid-2')
    await manager.close()
  })

  test('also to those who wait for a token that was dropped from the cache meanwhile', async () => {
    const { server, manager } = managerStage({ maxEntries: 1 })
    server.answersAtOnce = false
    const one = outcomeOf(manager.getServiceAccountToken(build))
    await settled()
    const old = server.reply(server.call(0))
    server.uids.set('ci/build', 'uid-2')
    const other = outcomeOf(manager.getServiceAccountToken(forAudience('x')))
    await settled()
    await server.call(1).answer()
    await server.call(0).answer(old)
    await server.call(2).answer()
    expect([one.value, other.value].map((number) => server.uidOfToken(Number(number)))).toEqual([
      'uid-2',
      'uid-2',
    ])
  })

  test('and an account that changes all the time is an error that says so', async () => {
    const { server, manager } = managerStage()
    server.answersAtOnce = false
    const asked = outcomeOf(manager.getServiceAccountToken(build))
    await settled()
    for (let round = 0; round < 3; round++) {
      const late = server.reply(server.call(2 * round))
      server.uids.set('ci/build', `uid-${round + 10}`)
      outcomeOf(manager.getServiceAccountToken(build, { bypassCache: true }))
      await settled()
      await server.call(2 * round + 1).answer()
      await server.call(2 * round).answer(late)
    }
    expect(asked.value).toMatchObject({
      code: 'ERR_TOKEN_ACCOUNT',
      message: 'failed to fetch token: service account ci/build is made anew all the time',
    })
  })
})

describe('a token that is wanted of one account only', () => {
  test('is not one of its successor', async () => {
    const { server, manager } = managerStage()
    const wanted = { ...build, serviceAccountUid: 'uid-1' }
    expect((await manager.getServiceAccountToken(wanted)).serviceAccountUid).toBe('uid-1')
    expect(JSON.parse(server.call(0).body ?? '')).toMatchObject({ metadata: { uid: 'uid-1' } })
    server.uids.set('ci/build', 'uid-2')
    await manager.getServiceAccountToken(build)
    await expect(manager.getServiceAccountToken(wanted)).rejects.toMatchObject({
      code: 'ERR_TOKEN_ACCOUNT',
      message:
        'failed to fetch token: service account ci/build has the UID uid-2, ' +
        'and was asked for with uid-1: it was recreated',
    })
  })

  test('is got once more when its reply was overtaken by news of it', async () => {
    const { server, manager } = managerStage()
    server.answersAtOnce = false
    const asked = outcomeOf(
      manager.getServiceAccountToken({ ...build, serviceAccountUid: 'uid-2' }),
    )
    await settled()
    const old = server.reply(server.call(0))
    server.uids.set('ci/build', 'uid-2')
    outcomeOf(manager.getServiceAccountToken(build))
    await settled()
    await server.call(1).answer()
    await server.call(0).answer(old)
    await server.call(2).answer()
    expect(asked.value).toBe(3)
  })
})

test('what is known of an account is told, and how much it cost', async () => {
  const { server, manager } = managerStage()
  const events: unknown[] = []
  const end = subscribe('kubecred:token:recreated', (event) => events.push(event))
  await manager.getServiceAccountToken(build)
  await manager.getServiceAccountToken(forAudience('x'))
  server.uids.set('ci/build', 'uid-2')
  server.clock.advance(hour)
  await manager.getServiceAccountToken(forAudience('y'))
  end()
  expect(events).toEqual([
    { namespace: 'ci', serviceAccount: 'build', previousUid: 'uid-1', uid: 'uid-2', dropped: 2 },
  ])
})
