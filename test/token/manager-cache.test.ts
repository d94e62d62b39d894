import { describe, expect, test } from 'vitest'

import { subscribe } from '../../src/events/channels.ts'
import type { CredentialSource } from '../../src/credential/source.ts'
import { settled } from './fake-token-server.ts'
import {
  boundTo,
  build,
  forAudience,
  hour,
  managerStage,
  minute,
  numberOf,
  outcomeOf,
} from './manager-stage.ts'

function removals(): { readonly seen: string[]; readonly end: () => void } {
  const seen: string[] = []
  const end = subscribe('kubecred:token:removed', ({ why, count }) => seen.push(`${count} ${why}`))
  return { seen, end }
}

/** Number of the token that a source has now. */
function currentOf(source: CredentialSource): number | undefined {
  const token = source.current()?.token
  return token && numberOf({ token })
}

describe('a token that bypasses the cache', () => {
  test('is the caller’s own', async () => {
    const { server, manager } = managerStage()
    const shared = await manager.getServiceAccountToken(build)
    const own = await manager.getServiceAccountToken(build, { bypassCache: true })
    expect([numberOf(shared), numberOf(own), manager.size]).toEqual([1, 2, 1])
    expect(numberOf(await manager.getServiceAccountToken(build))).toBe(1)
    expect(server.clock.heldTimers).toBe(0)
  })

  test('keeps the process alive while it is awaited, also before the request is sent', async () => {
    const { server, manager } = managerStage()
    const retryLater = { statusCode: 429, headers: { 'retry-after': '60' }, body: '' }
    server.refuses = retryLater
    await expect(manager.getServiceAccountToken(build)).rejects.toThrow('failed to fetch token')
    server.refuses = undefined
    const asked = outcomeOf(manager.getServiceAccountToken(build, { bypassCache: true }))
    await settled()
    expect([server.calls.length, server.clock.heldTimers]).toEqual([1, 1])
    server.clock.advance(minute)
    await settled()
    expect([asked.value, server.clock.heldTimers]).toEqual([1, 0])
  })

  test('is not waited for by one who has left', async () => {
    const { server, manager } = managerStage()
    server.answersAtOnce = false
    const leaver = new AbortController()
    const { signal } = leaver
    const asked = outcomeOf(manager.getServiceAccountToken(build, { bypassCache: true, signal }))
    await settled()
    leaver.abort('gone')
    await settled()
    expect([asked.value, server.call(0).signal.aborted]).toEqual(['gone', true])
    expect(server.clock.pendingTimers).toBe(0)
  })
})

describe('when there are too many tokens', () => {
  test('the one that was not asked for longest leaves', async () => {
    const { server, manager } = managerStage({ maxEntries: 2 })
    const { seen, end } = removals()
    await manager.getServiceAccountToken(forAudience('a'))
    await manager.getServiceAccountToken(forAudience('b'))
    await manager.getServiceAccountToken(forAudience('a'))
    await manager.getServiceAccountToken(forAudience('c'))
    await manager.getServiceAccountToken(forAudience('a'))
    expect([manager.size, server.calls.length, seen]).toEqual([2, 3, ['1 evicted']])
    end()
  })

  test('those that are followed stay, and count as used when nobody follows them any more', async () => {
    const { server, manager } = managerStage({ maxEntries: 2 })
    const sources = ['a', 'b', 'c'].map((audience) => manager.source(forAudience(audience)))
    await Promise.all(sources.map((source) => source.get()))
    expect(manager.size).toBe(3)
    await Promise.all(sources.map((source) => source.close()))
    await manager.getServiceAccountToken(forAudience('d'))
    expect(manager.size).toBe(2)
    await manager.getServiceAccountToken(forAudience('c'))
    expect(server.calls).toHaveLength(4)
  })

  test('who waits for one that leaves gets it all the same', async () => {
    const { server, manager } = managerStage({ maxEntries: 1 })
    server.answersAtOnce = false
    const first = outcomeOf(manager.getServiceAccountToken(forAudience('a')))
    const second = outcomeOf(manager.getServiceAccountToken(forAudience('b')))
    await settled()
    await server.call(0).answer()
    await server.call(1).answer()
    expect([first.value, second.value, manager.size]).toEqual([1, 2, 1])
  })
})

describe('what has ended', () => {
  test('leaves also from a cache of many, within a minute, and no timer stays behind', async () => {
    const { server, manager } = managerStage({ maxInFlight: 100 })
    const { seen, end } = removals()
    const audiences = Array.from({ length: 2500 }, (_, index) => `${index}`)
    await Promise.all(
      audiences.map((audience) => manager.getServiceAccountToken(forAudience(audience))),
    )
    server.clock.advance(hour + 1)
    for (const ms of [0, 30_000, 30_000]) {
      server.clock.advance(ms)
      // A slice of them in each turn of the event loop.
      for (let turn = 0; turn < 200; turn++) await settled()
    }
    expect(manager.size).toBe(0)
    expect(seen.reduce((sum, text) => sum + Number.parseInt(text, 10), 0)).toBe(2500)
    server.clock.advance(minute)
    expect(server.clock.pendingTimers).toBe(0)
    end()
  })

  test('stays while it is followed', async () => {
    const { server, manager } = managerStage()
    const source = manager.source(build)
    await source.get()
    server.clock.advance(2 * hour)
    server.clock.advance(minute)
    expect(manager.size).toBe(1)
    await source.close()
    server.clock.advance(minute)
    expect(manager.size).toBe(0)
  })
})

describe('tokens of an owner that has gone', () => {
  test('go, and whoever waits for one gets it without its being kept', async () => {
    const { server, manager } = managerStage()
    server.answersAtOnce = false
    const asked = outcomeOf(manager.getServiceAccountToken(boundTo('a')))
    await settled()
    expect([manager.deleteServiceAccountToken('a'), manager.size]).toEqual([1, 0])
    await server.call(0).answer()
    expect([asked.value, manager.size]).toEqual([1, 0])
  })

  test('are found by the owner’s name where no UID was given, and by account', async () => {
    const { manager } = managerStage()
    const bound = { ...build, boundObject: { kind: 'Pod', name: 'pod' } }
    await manager.getServiceAccountToken(bound)
    await manager.getServiceAccountToken(build)
    const pod = { kind: 'pod', namespace: 'ci', name: 'pod' }
    expect([manager.deleteTokensOf(pod), manager.size]).toEqual([1, 1])
    const account = { kind: 'ServiceAccount', namespace: 'ci', name: 'build' }
    expect([manager.deleteTokensOf(account), manager.size]).toEqual([1, 0])
  })

  test('are none where a request is bound to nothing', async () => {
    const { manager } = managerStage()
    await manager.getServiceAccountToken(build)
    expect([manager.deleteServiceAccountToken(''), manager.size]).toEqual([0, 1])
  })

  test('end the sources that follow them, and a new one begins anew', async () => {
    const { manager } = managerStage()
    const source = manager.source(boundTo('a'))
    const reader = source.credentials()
    await reader.next()
    const next = reader.next()
    manager.deleteServiceAccountToken('a')
    expect((await next).done).toBe(true)
    await expect(source.get()).rejects.toMatchObject({ code: 'ERR_CLOSED' })
    const again = manager.source(boundTo('a'))
    expect(numberOf(await manager.getServiceAccountToken(boundTo('a')))).toBe(2)
    // The old one goes late, and takes nothing with it.
    await source.close()
    await again.get()
    expect([currentOf(again), manager.size]).toEqual([2, 1])
  })
})

describe('a source', () => {
  test('shares the token of the cache, and its users end it together', async () => {
    const { server, manager } = managerStage()
    await manager.getServiceAccountToken(build)
    const [one, other] = [manager.source(build), manager.source(build)]
    expect([currentOf(one), currentOf(other), server.calls.length]).toEqual([1, 1, 1])
    await one.close()
    await expect(one.get()).rejects.toMatchObject({ code: 'ERR_CLOSED' })
    expect(currentOf(other)).toBe(1)
    await other.close()
    expect(currentOf(manager.source(build))).toBe(1)
    expect(numberOf(await manager.getServiceAccountToken(build))).toBe(1)
  })

  test('gives its readers the successor of a token whose account was recreated', async () => {
    const { server, manager } = managerStage()
    const reader = manager.source(build).credentials()
    await reader.next()
    const next = reader.next()
    server.uids.set('ci/build', 'uid-2')
    await manager.getServiceAccountToken(forAudience('x'))
    expect((await next).value).toMatchObject({ serviceAccountUid: 'uid-2' })
  })
})

describe('a manager that closes', () => {
  test('tells all who wait, those too whose token had left the cache, and leaves nothing behind', async () => {
    const { server, manager } = managerStage({
      maxEntries: 1,
      maxInFlight: 2,
      checkAccountsMs: hour,
    })
    server.answersAtOnce = false
    const waiting = [
      manager.getServiceAccountToken(forAudience('evicted')),
      manager.getServiceAccountToken(forAudience('in the cache')),
      manager.getServiceAccountToken(build, { bypassCache: true }),
      manager.source(forAudience('followed')).get(),
    ]
    await settled()
    expect(server.calls).toHaveLength(2)
    const ends = Promise.allSettled(waiting)
    const closing = [manager.close(), manager.close()]
    for (const end of await ends) {
      expect(end).toMatchObject({ status: 'rejected', reason: { code: 'ERR_CLOSED' } })
    }
    await Promise.all(closing)
    expect(server.calls.map(({ signal }) => signal.aborted)).toEqual([true, true])
    expect([server.clock.pendingTimers, manager.size]).toEqual([0, 0])
  })

  test('gives nothing more', async () => {
    const { manager } = managerStage()
    await manager.getServiceAccountToken(build)
    await manager[Symbol.asyncDispose]()
    const closed = { code: 'ERR_CLOSED', message: 'token manager: the credential source is closed' }
    await expect(manager.getServiceAccountToken(build)).rejects.toMatchObject(closed)
    await expect(
      manager.getServiceAccountToken(build, { bypassCache: true }),
    ).rejects.toMatchObject(closed)
    expect(() => manager.source(build)).toThrow(expect.objectContaining(closed))
  })
})
