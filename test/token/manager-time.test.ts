import { describe, expect, test } from 'vitest'

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

describe('a token serves', () => {
  test('until its end when it cannot be renewed, and not an instant longer', async () => {
    const { server, manager } = managerStage()
    const { expiresAt } = await manager.getServiceAccountToken(build)
    server.refuses = { statusCode: 500, body: '' }
    server.clock.advance(expiresAt - server.clock.now())
    expect(numberOf(await manager.getServiceAccountToken(build))).toBe(1)
    server.clock.advance(1)
    await expect(manager.getServiceAccountToken(build)).rejects.toThrow(
      'expired and refresh failed',
    )
  })

  test('as long as its status says, though its JWT would last a year', async () => {
    const { server, manager } = managerStage()
    server.jwt = true
    await manager.getServiceAccountToken(build)
    server.clock.advance(hour + 1)
    expect(numberOf(await manager.getServiceAccountToken(build))).toBe(2)
  })

  test('for the lifetime that was granted, not the one that was asked for', async () => {
    const { server, manager } = managerStage()
    server.grants = 600
    const token = await manager.getServiceAccountToken({ ...build, expirationSeconds: 7200 })
    expect(token.expirationSeconds).toBe(600)
    server.clock.advance(0.8 * 600_000)
    await manager.getServiceAccountToken({ ...build, expirationSeconds: 7200 })
    await settled()
    expect(server.calls).toHaveLength(2)
  })

  test('for the time to its end, when the reply tells no lifetime', async () => {
    const { server, manager } = managerStage()
    server.givesSeconds = false
    const { expirationSeconds } = await manager.getServiceAccountToken(build)
    expect(expirationSeconds).toBe(3600)
    server.clock.advance(0.8 * hour)
    expect(numberOf(await manager.getServiceAccountToken(build))).toBe(1)
    await settled()
    expect(numberOf(await manager.getServiceAccountToken(build))).toBe(2)
  })

  test.each([true, false])(
    'those who asked, when it had ended before it came, and is not asked for again and again',
    async (givesSeconds) => {
      const { server, manager } = managerStage()
      server.givesSeconds = givesSeconds
      server.grants = -10
      const tokens = await Promise.all([
        manager.getServiceAccountToken(build),
        manager.getServiceAccountToken(build),
      ])
      expect(tokens.map(numberOf)).toEqual([1, 1])
      await manager.getServiceAccountToken(build)
      expect(server.calls).toHaveLength(1)
      server.clock.advance(1000)
      await manager.getServiceAccountToken(build)
      expect(server.calls).toHaveLength(2)
    },
  )

  test('after 24 hours no longer without being renewed, however long it lives', async () => {
    const { server, manager } = managerStage()
    server.grants = 365 * 86_400
    await manager.getServiceAccountToken(build)
    server.clock.advance(24 * hour)
    await manager.getServiceAccountToken(build)
    await settled()
    expect(server.calls).toHaveLength(2)
  })
})

describe('a clock', () => {
  test('that is set forward ends what would have ended', async () => {
    const { server, manager } = managerStage()
    await manager.getServiceAccountToken(build)
    server.clock.set(server.clock.now() + 2 * hour)
    expect(numberOf(await manager.getServiceAccountToken(build))).toBe(2)
  })

  test('that stood still while the machine slept does so, too', async () => {
    const { server, manager } = managerStage()
    await manager.getServiceAccountToken(build)
    server.clock.sleep(2 * hour)
    expect(numberOf(await manager.getServiceAccountToken(build))).toBe(2)
  })

  test('that is set back before the token was issued has it renewed, behind its callers', async () => {
    const { server, manager } = managerStage()
    await manager.getServiceAccountToken(build)
    server.clock.advance(minute)
    server.clock.set(server.clock.now() - 24 * hour)
    expect(numberOf(await manager.getServiceAccountToken(build))).toBe(1)
    await settled()
    expect(numberOf(await manager.getServiceAccountToken(build))).toBe(2)
  })

  test('that is set back a little lets no token live longer', async () => {
    const { server, manager } = managerStage()
    await manager.getServiceAccountToken(build)
    server.clock.advance(0.5 * hour)
    server.clock.set(server.clock.now() - 0.4 * hour)
    server.refuses = { statusCode: 500, body: '' }
    server.clock.advance(0.5 * hour + 1)
    await expect(manager.getServiceAccountToken(build)).rejects.toThrow('expired')
  })
})

describe('while the server fails', () => {
  test('who needs a token now does not stand behind those that are renewed ahead', async () => {
    const { server, manager } = managerStage({ maxInFlight: 1 })
    for (const audience of ['a', 'b']) await manager.getServiceAccountToken(forAudience(audience))
    server.clock.advance(0.9 * hour)
    server.refuses = { statusCode: 503, body: '' }
    for (const audience of ['a', 'b']) await manager.getServiceAccountToken(forAudience(audience))
    await settled()
    expect(server.calls).toHaveLength(3)
    // One has tried, the other stands in line until the cooldown is over: no timer runs meanwhile.
    server.refuses = undefined
    server.clock.sleep(0.1 * hour + 1)
    const asked = outcomeOf(manager.getServiceAccountToken(forAudience('b')))
    await settled()
    expect(asked.value).toBe(3)
  })

  test('a token that cannot be had is not asked for by each caller, and less and less often', async () => {
    const { server, manager } = managerStage()
    server.refuses = { statusCode: 500, body: '' }
    for (let second = 0; second < 60; second++) {
      const asked = Array.from({ length: 10 }, () => manager.getServiceAccountToken(build))
      await Promise.allSettled(asked)
      server.clock.advance(1000)
    }
    expect(server.calls.length).toBeLessThanOrEqual(6)
  })

  test('or something answers in its place, very many that are renewed ahead do not ask it each by itself', async () => {
    const { server, manager } = managerStage()
    const audiences = Array.from({ length: 100 }, (_, index) => `${index}`)
    const all = async (): Promise<void> => {
      for (const audience of audiences) await manager.getServiceAccountToken(forAudience(audience))
      await settled()
    }
    await all()
    server.clock.advance(0.9 * hour)
    server.refuses = { statusCode: 200, body: '<p>Log in to this network</p>' }
    for (let second = 0; second < 30; second++) {
      await all()
      server.clock.advance(1000)
    }
    // Those that were on their way when the first failed, and those that tried again.
    expect(server.calls.length - 100).toBeLessThanOrEqual(15)
  })

  test('for one key alone, those of others are renewed a second later', async () => {
    const { server, manager } = managerStage()
    for (const audience of ['bad', 'good']) {
      await manager.getServiceAccountToken(forAudience(audience))
    }
    server.clock.advance(0.9 * hour)
    server.refuses = { statusCode: 201, body: '{"kind":"TokenRequest"}' }
    await manager.getServiceAccountToken(forAudience('bad'))
    await settled()
    server.refuses = undefined
    await manager.getServiceAccountToken(forAudience('good'))
    await settled()
    expect(server.calls).toHaveLength(3)
    server.clock.advance(1000)
    await settled()
    expect(numberOf(await manager.getServiceAccountToken(forAudience('good')))).toBe(3)
  })

  test('nothing is sent for as long as it asks, whoever waits', async () => {
    const { server, manager } = managerStage()
    server.refuses = { statusCode: 429, headers: [['Retry-After', '20']], body: '' }
    await expect(manager.getServiceAccountToken(build)).rejects.toMatchObject({
      details: { retryAfterMs: 20_000 },
    })
    server.refuses = undefined
    const asked = outcomeOf(manager.getServiceAccountToken(forAudience('x')))
    server.clock.advance(19_999)
    await settled()
    expect([server.calls.length, asked.value]).toEqual([1, 'pending'])
    server.clock.advance(1)
    await settled()
    expect(asked.value).toBe(1)
  })

  test('a client that never answers makes room after a while, and is told to stop', async () => {
    const { server, manager } = managerStage({ maxInFlight: 1, requestTimeoutMs: 5000 })
    server.answersAtOnce = false
    const first = outcomeOf(manager.getServiceAccountToken(forAudience('a')))
    const second = outcomeOf(manager.getServiceAccountToken(forAudience('b')))
    await settled()
    server.clock.advance(5000)
    await settled()
    expect(first.value).toMatchObject({
      code: 'ERR_TIMEOUT',
      message:
        'failed to fetch token: POST /api/v1/namespaces/ci/serviceaccounts/build/token: no answer within 5 s',
    })
    expect([server.calls.length, server.call(0).signal.aborted]).toEqual([2, true])
    await server.call(1).answer()
    // What comes of the first one now is nothing to anybody.
    await server.call(0).answer()
    expect(second.value).toBe(1)
  })
})

describe('never more than so many requests are on their way', () => {
  test('however many are asked for', async () => {
    const { server, manager } = managerStage({ maxInFlight: 3 })
    server.answersAtOnce = false
    const asked = Array.from({ length: 10 }, (_, index) =>
      outcomeOf(manager.getServiceAccountToken(forAudience(`${index}`))),
    )
    for (let done = 0; done < 10; done++) {
      await settled()
      expect(server.calls.length).toBe(Math.min(done + 3, 10))
      await server.call(done).answer()
    }
    expect(asked.every(({ value }) => typeof value === 'number')).toBe(true)
  })
})
