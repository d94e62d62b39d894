import { describe, expect, test } from 'vitest'

import { plantedSecret } from '../../scripts/suite/planted-secret.ts'
import { Secret } from '../../src/credential/secret.ts'
import { subscribe } from '../../src/events/channels.ts'
import type { StoredToken, TokenStore } from '../../src/doors/token.ts'
import { TokenManager } from '../../src/doors/token.ts'
import { FakeTokenServer, settled } from './fake-token-server.ts'
import { boundTo, build, forAudience, hour, minute, numberOf, outcomeOf } from './manager-stage.ts'

/** A store in memory, whose every answer the test may hold back. */
class MemoryStore implements TokenStore {
  readonly saves: (readonly StoredToken[])[] = []
  loads = 0
  kept: readonly StoredToken[]
  fails: Error | undefined
  holds: Promise<void> | undefined

  constructor(kept: readonly StoredToken[] = []) {
    this.kept = kept
  }

  readonly load = async (): Promise<readonly StoredToken[]> => {
    this.loads++
    await this.holds
    if (this.fails !== undefined) throw this.fails
    return this.kept
  }

  readonly save = async (tokens: readonly StoredToken[]): Promise<void> => {
    this.saves.push(tokens)
    await this.holds
    if (this.fails !== undefined) throw this.fails
    this.kept = tokens
  }
}

interface Stage {
  readonly server: FakeTokenServer
  readonly store: MemoryStore
  readonly manager: TokenManager
  /** Another run of the program, with what the store has. */
  restart(): TokenManager
}

function stage(store: MemoryStore = new MemoryStore()): Stage {
  const server = new FakeTokenServer()
  const { client, clock } = server
  const restart = (): TokenManager =>
    new TokenManager({ client, clock, random: () => 0, node: 'node-1', store })
  return { server, store, manager: restart(), restart }
}

function stored(audience: string, part: Partial<StoredToken> = {}): StoredToken {
  return {
    request: forAudience(audience),
    token: new Secret(`${plantedSecret}-${audience}`),
    expiresAt: Date.UTC(2030, 0, 1, 1),
    expirationSeconds: 3600,
    receivedAt: Date.UTC(2030, 0, 1),
    audiences: [audience],
    serviceAccountUid: 'uid-1',
    ...part,
  }
}

async function passed({ server }: Stage, ms: number): Promise<void> {
  server.clock.advance(ms)
  await settled()
}

describe('a manager with a store', () => {
  test('makes no request for what an earlier run had, and renews it when that would have', async () => {
    const first = stage()
    const audiences = Array.from({ length: 500 }, (_, index) => `${index}`)
    await Promise.all(
      audiences.map((audience) => first.manager.getServiceAccountToken(forAudience(audience))),
    )
    await first.manager.close()
    const dueOf = async (manager: TokenManager, minutes: number): Promise<number> => {
      const before = first.server.calls.length
      for (const audience of audiences) await manager.getServiceAccountToken(forAudience(audience))
      for (let turn = 0; turn < 200; turn++) await settled()
      await passed(first, minutes * minute)
      return first.server.calls.length - before
    }
    await passed(first, minute)
    const second = first.restart()
    expect(await dueOf(second, 10)).toBe(0)
    expect(second.size).toBe(500)
    // Ten minutes of some 46: about a fifth of them has come to its own moment.
    const due = await dueOf(second, 0)
    expect(due).toBeGreaterThan(80)
    expect(due).toBeLessThan(150)
  })

  test('gives all that it knew of a token', async () => {
    const first = stage()
    const wanted = { ...boundTo('u'), serviceAccountUid: 'uid-1', expirationSeconds: 7200 }
    const before = await first.manager.getServiceAccountToken(wanted)
    await first.manager.close()
    const after = await first.restart().getServiceAccountToken(wanted)
    expect(after).toEqual(before)
    expect(numberOf(after)).toBe(1)
  })

  test('has the first tokens wait for it, all the same to whom', async () => {
    const held = Promise.withResolvers<void>()
    const store = new MemoryStore([stored('a')])
    store.holds = held.promise
    const { server, manager } = stage(store)
    const kept = outcomeOf(manager.getServiceAccountToken(forAudience('a')))
    const other = outcomeOf(manager.getServiceAccountToken(forAudience('b')))
    const source = manager.source(forAudience('a'))
    await settled()
    expect([kept.value, other.value, server.calls.length]).toEqual(['pending', 'pending', 0])
    held.resolve()
    await settled()
    expect([other.value, server.calls.length]).toEqual([1, 1])
    expect(kept.value).toBeNaN()
    expect((await source.get()).token?.reveal()).toBe(`${plantedSecret}-a`)
  })

  test('does not take what has ended, or what is none', async () => {
    const broken = { ...stored('c'), request: { namespace: '', name: '' } }
    const store = new MemoryStore([
      stored('a', { expiresAt: Date.UTC(2030, 0, 1) }),
      stored('b'),
      broken,
    ])
    const { manager, server } = stage(store)
    await settled()
    expect(manager.size).toBe(1)
    await manager.getServiceAccountToken(forAudience('a'))
    expect(server.calls).toHaveLength(1)
  })

  test('takes the tokens of the later account only, when one was recreated', async () => {
    const later = { serviceAccountUid: 'uid-2', expiresAt: Date.UTC(2030, 0, 1, 1, 1) }
    const { manager, server } = stage(new MemoryStore([stored('b', later), stored('a')]))
    server.uids.set('ci/build', 'uid-2')
    const tokens = [
      await manager.getServiceAccountToken(forAudience('a')),
      await manager.getServiceAccountToken(forAudience('b')),
    ]
    expect(tokens.map(({ serviceAccountUid }) => serviceAccountUid)).toEqual(['uid-2', 'uid-2'])
    expect(server.calls).toHaveLength(1)
  })

  test('takes what can be taken beside one that is none', async () => {
    const broken = { ...stored('a'), token: new Secret('two\nlines') }
    const { manager, server } = stage(new MemoryStore([broken, stored('b')]))
    await settled()
    await manager.getServiceAccountToken(forAudience('b'))
    expect(server.calls).toHaveLength(0)
  })

  test('by a clock behind the server serves no token longer than before', async () => {
    const behind = { expiresAt: Date.UTC(2030, 0, 1, 1, 15), receivedAt: Date.UTC(2030, 0, 1) }
    const all = stage(new MemoryStore([stored('a', behind)]))
    all.server.answersAtOnce = false
    await settled()
    await passed(all, hour)
    expect((await all.manager.getServiceAccountToken(forAudience('a'))).audiences).toEqual(['a'])
    await passed(all, 1)
    const late = outcomeOf(all.manager.getServiceAccountToken(forAudience('a')))
    await settled()
    expect(late.value).toBe('pending')
    const other = all.restart()
    await settled()
    expect(other.size).toBe(0)
  })

  test('drops what it took, when the account turns out to be another one', async () => {
    const { manager, server } = stage(new MemoryStore([stored('a')]))
    server.uids.set('ci/build', 'uid-2')
    await manager.getServiceAccountToken(build)
    const token = await manager.getServiceAccountToken(forAudience('a'))
    expect([token.serviceAccountUid, server.calls.length]).toEqual(['uid-2', 2])
  })

  test('that was recreated before it was read takes nothing of the old one', async () => {
    const held = Promise.withResolvers<void>()
    const store = new MemoryStore([stored('a')])
    store.holds = held.promise
    const { manager, server } = stage(store)
    const source = manager.source(build)
    await manager.getServiceAccountToken(build, { bypassCache: true })
    server.uids.set('ci/build', 'uid-2')
    await manager.getServiceAccountToken(build, { bypassCache: true })
    held.resolve()
    await settled()
    expect((await manager.getServiceAccountToken(forAudience('a'))).serviceAccountUid).toBe('uid-2')
    await source.close()
  })
})

describe('what is deleted while the store is read', () => {
  const pod = (uid: string): Partial<StoredToken> => ({ request: boundTo(uid) })
  const other = { ...build, name: 'other' }

  test.each<[string, (manager: TokenManager) => void, readonly string[]]>([
    ['a pod', (manager) => manager.deleteServiceAccountToken('gone'), ['build', 'other']],
    [
      'an account',
      (manager) =>
        manager.deleteTokensOf({ kind: 'ServiceAccount', namespace: 'ci', name: 'build' }),
      ['other'],
    ],
  ])('with %s does not come back, nor stay in there', async (_, forget, left) => {
    const held = Promise.withResolvers<void>()
    const store = new MemoryStore([
      stored('a'),
      stored('b', pod('gone')),
      stored('c', { request: other }),
    ])
    store.holds = held.promise
    const all = stage(store)
    const asked = outcomeOf(all.manager.getServiceAccountToken(boundTo('gone')))
    await settled()
    forget(all.manager)
    const again = outcomeOf(all.manager.getServiceAccountToken(boundTo('gone')))
    held.resolve()
    await settled()
    // Who asks for one gets a new one.
    expect([asked.value, again.value]).toEqual([1, 2])
    await passed(all, 1000)
    const kept = store.kept.filter(({ token }) => !token.reveal().endsWith('-2'))
    expect(kept.map(({ request }) => request.name)).toEqual(left)
  })

  test('does not come back where a part of it was taken already', async () => {
    const tokens = Array.from({ length: 600 }, (_, index) => stored(`${index}`, pod('gone')))
    const all = stage(new MemoryStore([...tokens.slice(0, -1), stored('last')]))
    // A slice of them is taken in each turn of the event loop.
    await settled()
    const taken = all.manager.deleteServiceAccountToken('gone')
    expect(taken).toBeGreaterThan(0)
    expect(taken).toBeLessThan(599)
    await settled()
    expect(all.manager.size).toBe(1)
    await passed(all, 1000)
    expect(all.store.kept).toEqual([stored('last')])
  })

  test('does not come back after a manager that closes meanwhile, which waits for the store then', async () => {
    const held = Promise.withResolvers<void>()
    const store = new MemoryStore([stored('a'), stored('b', pod('gone'))])
    store.holds = held.promise
    const all = stage(store)
    await settled()
    all.manager.deleteServiceAccountToken('gone')
    const closing = all.manager.close()
    held.resolve()
    await closing
    expect(store.saves).toEqual([[stored('a')]])
    expect(all.server.clock.pendingTimers).toBe(0)
  })

  test('holds up a manager that closes for no more than ten seconds', async () => {
    const store = new MemoryStore([stored('a')])
    store.holds = Promise.withResolvers<void>().promise
    const all = stage(store)
    await settled()
    all.manager.deleteServiceAccountToken('gone')
    const closing = all.manager.close()
    await passed(all, 10_000)
    await closing
    expect([store.saves, all.server.clock.pendingTimers]).toEqual([[], 0])
  })
})

describe('a store is saved to', () => {
  test('a second after a token has come, once for all of that second, and not when nothing did', async () => {
    const all = stage()
    const { manager, store } = all
    await manager.getServiceAccountToken(forAudience('a'))
    await manager.getServiceAccountToken(forAudience('b'))
    await passed(all, 999)
    expect(store.saves).toEqual([])
    await passed(all, 1)
    expect(store.saves.map((tokens) => tokens.length)).toEqual([2])
    await passed(all, 10_000)
    await manager.close()
    expect(store.saves).toHaveLength(1)
    expect(all.server.clock.pendingTimers).toBe(0)
  })

  test('once more at the close, by a timer that holds no process', async () => {
    const { manager, server, store } = stage()
    await settled()
    await manager.getServiceAccountToken(build)
    expect([server.clock.heldTimers, store.saves.length]).toEqual([0, 0])
    await manager.close()
    expect(store.kept.map(({ request }) => request.name)).toEqual(['build'])
  })

  test('after tokens were dropped, whose owner is gone or whose account was recreated', async () => {
    const all = stage()
    const { manager, server, store } = all
    await manager.getServiceAccountToken(boundTo('u'))
    await manager.getServiceAccountToken(build)
    await passed(all, 1000)
    manager.deleteServiceAccountToken('u')
    await passed(all, 1000)
    expect(store.kept).toHaveLength(1)
    server.uids.set('ci/build', 'uid-2')
    await manager.getServiceAccountToken(forAudience('x'))
    await passed(all, 1000)
    expect(store.kept.map(({ serviceAccountUid }) => serviceAccountUid)).toEqual(['uid-2'])
  })

  test('one save at a time, and the less often the longer they take', async () => {
    const all = stage()
    const { manager, store } = all
    await settled()
    const held = Promise.withResolvers<void>()
    store.holds = held.promise
    await manager.getServiceAccountToken(forAudience('a'))
    await passed(all, 1000)
    await manager.getServiceAccountToken(forAudience('b'))
    await passed(all, 500)
    expect(store.saves).toHaveLength(1)
    held.resolve()
    await settled()
    await passed(all, 9999)
    expect(store.saves).toHaveLength(1)
    await passed(all, 1)
    expect(store.saves.map((tokens) => tokens.length)).toEqual([1, 2])
  })

  test('with what changed before it was read, once it was', async () => {
    const store = new MemoryStore([stored('a')])
    const held = Promise.withResolvers<void>()
    store.holds = held.promise
    const all = stage(store)
    await all.manager.getServiceAccountToken(build, { bypassCache: true })
    await passed(all, 1000)
    expect(store.saves).toEqual([])
    held.resolve()
    await settled()
    await passed(all, 1000)
    expect(store.saves.map((tokens) => tokens.length)).toEqual([1])
  })

  test('not while only a part of it was taken, also by a manager that closes then', async () => {
    const store = new MemoryStore(Array.from({ length: 1200 }, (_, index) => stored(`${index}`)))
    const { manager } = stage(store)
    await settled()
    manager.deleteServiceAccountToken('gone')
    await manager.close()
    expect(store.kept).toHaveLength(1200)
    expect(store.saves).toEqual([])
  })

  test('at the close with what could not be saved before', async () => {
    const all = stage()
    await settled()
    await all.manager.getServiceAccountToken(build)
    all.store.fails = new Error('disk full')
    await passed(all, 1000)
    await passed(all, minute)
    expect(all.store.saves).toHaveLength(1)
    all.store.fails = undefined
    await all.manager.close()
    expect(all.store.kept).toHaveLength(1)
  })

  test('never before it was read, which a manager that closes does not wait for', async () => {
    const store = new MemoryStore([stored('a')])
    store.holds = Promise.withResolvers<void>().promise
    const { manager, server } = stage(store)
    const asked = outcomeOf(manager.getServiceAccountToken(build))
    await settled()
    await manager.close()
    expect(asked.value).toMatchObject({ code: 'ERR_CLOSED' })
    expect([store.saves, store.kept.length, server.calls.length]).toEqual([[], 1, 0])
    expect(server.clock.pendingTimers).toBe(0)
  })
})

describe('a store that fails', () => {
  test.each(['load', 'save'] as const)(
    'to %s is told of, and costs no token',
    async (operation) => {
      const events: unknown[] = []
      const end = subscribe('kubecred:token:store-failed', (event) => events.push(event))
      const all = stage()
      if (operation === 'save') await settled()
      all.store.fails = new Error('disk full')
      expect(numberOf(await all.manager.getServiceAccountToken(build))).toBe(1)
      if (operation === 'load') all.store.fails = undefined
      await passed(all, 1000)
      end()
      expect(events).toEqual([{ operation, errorCode: undefined, message: 'disk full' }])
      expect(all.store.saves).toHaveLength(1)
    },
  )

  test('to save at all holds up a manager that closes for ten seconds', async () => {
    const events: unknown[] = []
    const end = subscribe('kubecred:token:store-failed', (event) => events.push(event))
    const all = stage()
    await settled()
    await all.manager.getServiceAccountToken(build)
    all.store.holds = Promise.withResolvers<void>().promise
    let isClosed = false
    const closing = all.manager.close().then(() => (isClosed = true))
    await settled()
    await passed(all, 9999)
    expect([isClosed, events]).toEqual([false, []])
    await passed(all, 1)
    await closing
    end()
    expect(events).toMatchObject([{ operation: 'save', errorCode: 'ERR_TOKEN_STORE' }])
    expect(all.server.clock.pendingTimers).toBe(0)
  })

  test('to answer at all is not waited for longer than ten seconds, nor saved to', async () => {
    const events: unknown[] = []
    const end = subscribe('kubecred:token:store-failed', (event) => events.push(event))
    const store = new MemoryStore([stored('a')])
    store.holds = Promise.withResolvers<void>().promise
    const all = stage(store)
    const asked = outcomeOf(all.manager.getServiceAccountToken(build))
    await passed(all, 9999)
    expect(asked.value).toBe('pending')
    await passed(all, 1)
    await settled()
    end()
    expect(asked.value).toBe(1)
    expect(events).toMatchObject([{ operation: 'load', errorCode: 'ERR_TOKEN_STORE' }])
    await passed(all, hour)
    expect(store.saves).toEqual([])
  })
})
