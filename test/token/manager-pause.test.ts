import { describe, expect, test } from 'vitest'

import type { TokenClientAnswer } from '../../src/doors/token.ts'
import { difference } from '../differences.ts'
import { settled } from './fake-token-server.ts'
import {
  build,
  forAudience,
  hour,
  managerStage,
  minute,
  numberOf,
  outcomeOf,
  type ManagerStage,
} from './manager-stage.ts'

const seconds = 1000

function askingFor(retryAfterSeconds: number): TokenClientAnswer {
  return {
    statusCode: 429,
    headers: { 'Retry-After': `${retryAfterSeconds}` },
    body: JSON.stringify({ kind: 'Status', reason: 'TooManyRequests', message: 'too busy' }),
  }
}

/** A server that answered the request for one token with this, and is well otherwise. */
async function paused(retryAfterSeconds: number, stage = managerStage()): Promise<ManagerStage> {
  const { server, manager } = stage
  server.refuses = askingFor(retryAfterSeconds)
  await expect(manager.getServiceAccountToken(build)).rejects.toMatchObject({
    message: 'failed to fetch token: too busy',
  })
  server.refuses = undefined
  return stage
}

async function passed({ server }: ManagerStage, ms: number): Promise<void> {
  server.clock.advance(ms)
  await settled()
}

describe('while a server has asked to be left alone for longer than anybody waits', () => {
  test('a caller of another token hears at once why, and how long it takes', async () => {
    difference('token-back-off')
    const stage = await paused(600)
    await passed(stage, 99_500)
    const asked = outcomeOf(stage.manager.getServiceAccountToken(forAudience('other')))
    await settled()
    expect(asked.value).toMatchObject({
      code: 'ERR_TOKEN_REQUEST',
      message: 'failed to fetch token: the server asked to be left alone: too busy',
      hint: 'it is tried again in 501 s',
      details: { statusCode: 429, reason: 'TooManyRequests', retryInMs: 500_500 },
      cause: { cause: { message: 'too busy', details: { retryAfterMs: 600_000 } } },
    })
    expect(stage.server.calls).toHaveLength(1)
  })

  test('so does one who asks once more, who is told the time of then', async () => {
    const stage = await paused(600)
    const other = forAudience('other')
    await expect(stage.manager.getServiceAccountToken(other)).rejects.toThrow('left alone')
    await passed(stage, 100 * seconds)
    await expect(stage.manager.getServiceAccountToken(other)).rejects.toMatchObject({
      hint: 'it is tried again in 500 s',
      details: { retryInMs: 500 * seconds },
    })
  })

  test('so does one who wants a token of its own', async () => {
    const { manager } = await paused(600)
    await expect(
      manager.getServiceAccountToken(build, { bypassCache: true }),
    ).rejects.toMatchObject({ details: { retryInMs: 600 * seconds } })
  })

  test('so do those who wait already when it asks for that', async () => {
    const { server, manager } = managerStage({ maxInFlight: 1 })
    server.answersAtOnce = false
    const first = outcomeOf(manager.getServiceAccountToken(build))
    const second = outcomeOf(manager.getServiceAccountToken(forAudience('other')))
    await settled()
    await server.call(0).answer(askingFor(600))
    expect(first.value).toMatchObject({ message: 'failed to fetch token: too busy' })
    expect(second.value).toMatchObject({ details: { retryInMs: 600 * seconds } })
    expect(server.clock.heldTimers).toBe(0)
  })

  test('so does one whose token has ended while its renewal ahead stands in the line', async () => {
    const stage = managerStage()
    const { server, manager } = stage
    const other = forAudience('other')
    await manager.getServiceAccountToken(other)
    server.clock.advance(hour - 4 * minute)
    await paused(600, stage)
    expect(numberOf(await manager.getServiceAccountToken(other))).toBe(1)
    await passed(stage, 4 * minute + 1)
    const late = outcomeOf(manager.getServiceAccountToken(other))
    // Its renewal ahead, and the one that begins since somebody waits.
    for (let turn = 0; turn < 3; turn++) await settled()
    expect(late.value).toMatchObject({ details: { retryInMs: 6 * minute - 1 } })
    await passed(stage, 6 * minute)
    expect(numberOf(await manager.getServiceAccountToken(other))).toBe(2)
  })

  test('a token that is good is served, and what a server rejected is no longer held back', async () => {
    const stage = managerStage()
    const other = await stage.manager.getServiceAccountToken(forAudience('other'))
    await paused(600, stage)
    expect(await stage.manager.rejected(other)).toBe(other)
    expect(stage.server.calls).toHaveLength(2)
  })

  test('nobody waits any longer than until then', async () => {
    const stage = await paused(600)
    await passed(stage, 200 * seconds)
    const other = forAudience('other')
    await expect(stage.manager.getServiceAccountToken(other)).rejects.toThrow('left alone')
    await passed(stage, 400 * seconds - 1)
    await expect(stage.manager.getServiceAccountToken(other)).rejects.toThrow('left alone')
    await passed(stage, 1)
    expect(numberOf(await stage.manager.getServiceAccountToken(other))).toBe(1)
    expect(numberOf(await stage.manager.getServiceAccountToken(build))).toBe(2)
  })
})

describe('while a server has asked to be left alone for less', () => {
  test('a caller of another token waits, and gets it then', async () => {
    const stage = await paused(200)
    const asked = outcomeOf(stage.manager.getServiceAccountToken(forAudience('other')))
    await passed(stage, 200 * seconds - 1)
    expect([asked.value, stage.server.calls.length]).toEqual(['pending', 1])
    await passed(stage, 1)
    expect(asked.value).toBe(1)
  })

  test('a deadline that passes meanwhile says what was waited for', async () => {
    const held = Promise.withResolvers<void>()
    const store = { load: () => held.promise.then(() => []), save: () => Promise.resolve() }
    const stage = managerStage({ store })
    // Of the five minutes that it may take, nine seconds go into the store.
    const asked = outcomeOf(stage.manager.getServiceAccountToken(forAudience('other')))
    await passed(stage, 9 * seconds)
    stage.server.refuses = askingFor(295)
    const own = { bypassCache: true }
    await expect(stage.manager.getServiceAccountToken(build, own)).rejects.toThrow('too busy')
    held.resolve()
    await settled()
    await passed(stage, 291 * seconds)
    expect(asked.value).toMatchObject({
      code: 'ERR_RENEWAL_DEADLINE',
      message: expect.stringMatching(
        /^token .*: gave no credential within 300 s and was stopped: the server asked to be left alone: too busy$/u,
      ),
      hint: 'it is tried again in 4 s',
      details: { statusCode: 429, retryInMs: 4 * seconds },
      cause: { cause: { message: 'too busy' } },
    })
    stage.server.refuses = undefined
    await passed(stage, 4 * seconds)
    expect(numberOf(await stage.manager.getServiceAccountToken(forAudience('other')))).toBe(1)
  })

  test('renewals ahead of need wait, however long it is', async () => {
    const stage = managerStage()
    const { server, manager } = stage
    await manager.getServiceAccountToken(forAudience('other'))
    server.clock.advance(0.8 * hour)
    await paused(600, stage)
    await manager.getServiceAccountToken(forAudience('other'))
    await passed(stage, 600 * seconds)
    expect(numberOf(await manager.getServiceAccountToken(forAudience('other')))).toBe(2)
  })
})
