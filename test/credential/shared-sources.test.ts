import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

import { describe, expect, test } from 'vitest'

import { SharedSources } from '../../src/credential/shared-sources.ts'
import { createCredential, type Credential } from '../../src/credential/credential.ts'
import { Renewer } from '../../src/credential/renewer.ts'
import type { RenewerOptions } from '../../src/credential/renewer-options.ts'
import type { CredentialSource } from '../../src/credential/source.ts'
import { createFakeClock, type FakeClock } from '../../src/testing/fake-clock.ts'
import { ScriptedProvider } from '../transport/stacks.ts'
import { until } from '../testing/until.ts'

const tokens = (): ScriptedProvider => {
  let count = 0
  return new ScriptedProvider(() => createCredential({ token: `token-${++count}` }))
}

const ending = (clock: FakeClock): ScriptedProvider => {
  let count = 0
  return new ScriptedProvider(() =>
    createCredential({ token: `token-${++count}`, expiresAt: clock.now() + 100_000 }),
  )
}

/** Answers when it is told to. */
const gated = () => {
  const gate = Promise.withResolvers<Credential>()
  return { gate, provider: new ScriptedProvider(() => gate.promise) }
}

describe('SharedSources', () => {
  test('gives one credential to all that have the same key', async () => {
    const sources = new SharedSources()
    const provider = tokens()
    const create = (): Renewer => new Renewer(provider)
    await using one = sources.open('key', create)
    await using two = sources.open('key', create)
    expect(one.current()).toBeUndefined()
    const [first, second] = await Promise.all([one.get(), two.get()])
    expect(first).toBe(second)
    expect(one.current()).toBe(two.current())
    expect(one.name).toBe(provider.name)
    expect([provider.runs, sources.size]).toEqual([1, 1])
  })

  test('shares what one of them learns: a rejection, a renewal', async () => {
    const sources = new SharedSources()
    const provider = tokens()
    const create = (): Renewer => new Renewer(provider)
    await using one = sources.open('key', create)
    await using two = sources.open('key', create)
    const next = await one.rejected(await one.get())
    expect(two.current()).toBe(next)
    expect(await two.renew()).toBe(one.current())
    expect(provider.runs).toBe(3)
  })

  test('keeps those of different keys apart', async () => {
    const sources = new SharedSources()
    await using one = sources.open('a', () => new Renewer(tokens()))
    await using two = sources.open('b', () => new Renewer(tokens()))
    expect(await one.get()).not.toBe(await two.get())
    expect(sources.size).toBe(2)
  })

  test('closes for one what goes on for the other', async () => {
    const sources = new SharedSources()
    const provider = tokens()
    const create = (): Renewer => new Renewer(provider)
    const one = sources.open('key', create)
    await using two = sources.open('key', create)
    const credential = await one.get()
    await one.close()
    await one.close()
    expect(one.current()).toBeUndefined()
    const closed = {
      code: 'ERR_CLOSED',
      message: 'scripted provider: the credential source is closed',
    }
    await expect(one.get()).rejects.toMatchObject(closed)
    await expect(one.rejected(credential)).rejects.toMatchObject(closed)
    await expect(one.renew()).rejects.toMatchObject(closed)
    expect(two.current()).toBe(credential)
    expect(await two.get()).toBe(credential)
    expect(provider.runs).toBe(1)
  })

  test('ends with the last one, and begins anew after it', async () => {
    const sources = new SharedSources()
    const provider = tokens()
    const create = (): Renewer => new Renewer(provider)
    const users = [sources.open('key', create), sources.open('key', create)]
    const [first] = await Promise.all(users.map((user) => user.get()))
    await Promise.all(users.map((user) => user.close()))
    expect(sources.size).toBe(0)
    await using later = sources.open('key', create)
    expect(later.current()).toBeUndefined()
    expect(await later.get()).not.toBe(first)
    expect(provider.runs).toBe(2)
  })

  test('begins anew while the last one still closes', async () => {
    const sources = new SharedSources()
    const { gate, provider } = gated()
    const one = sources.open('key', () => new Renewer(provider))
    const waiting = one.get().catch((error: unknown) => error)
    await until(() => provider.runs === 1)
    const closing = one.close()
    await using two = sources.open('key', () => new Renewer(tokens()))
    expect((await two.get()).token?.reveal()).toBe('token-1')
    expect(await waiting).toMatchObject({ code: 'ERR_CLOSED' })
    gate.reject(new Error('stopped'))
    await closing
    expect(two.current()).toBeDefined()
  })

  test('turns those away who wait through the one that closes, and no others', async () => {
    const sources = new SharedSources()
    const { gate, provider } = gated()
    const create = (): Renewer => new Renewer(provider)
    const one = sources.open('key', create)
    await using two = sources.open('key', create)
    const stop = new AbortController()
    const mine = one.get({ signal: stop.signal }).catch((error: unknown) => error)
    const theirs = two.get()
    await one.close()
    expect(await mine).toMatchObject({ code: 'ERR_CLOSED' })
    const credential = createCredential({ token: 'late' })
    gate.resolve(credential)
    expect(await theirs).toBe(credential)
  })

  test('gives all that iterate what comes, and ends it for one that is closed', async () => {
    const sources = new SharedSources()
    const create = (): Renewer => new Renewer(tokens())
    const one = sources.open('key', create)
    await using two = sources.open('key', create)
    const readers = [one, two].map((source) => source.credentials())
    const firsts = await Promise.all(readers.map((reader) => reader.next()))
    expect(firsts.map(({ value }) => value)).toEqual([two.current(), two.current()])
    const [mine, theirs] = readers.map((reader) => reader.next())
    await one.close()
    expect(await mine).toEqual({ done: true, value: undefined })
    const renewed = await two.renew()
    expect(await theirs).toEqual({ done: false, value: renewed })
    await readers[1]?.return?.()
    for await (const credential of two) {
      expect(credential).toBe(renewed)
      break
    }
  })

  test('are in use as long as one of them is, and not for one that is closed', async () => {
    const sources = new SharedSources()
    const clock = createFakeClock()
    const provider = ending(clock)
    const create = (): Renewer => new Renewer(provider, { clock, renewWhenIdle: 'while-in-use' })
    const one = sources.open('key', create)
    await using two = sources.open('key', create)
    await two.get()
    const end = one.inUse()
    one.inUse()
    expect(clock.pendingTimers).toBe(1)
    end()
    expect(clock.pendingTimers).toBe(1)
    await one.close()
    expect(clock.pendingTimers).toBe(0)
    one.inUse()
    expect(clock.pendingTimers).toBe(0)
    two.inUse()
    expect(clock.pendingTimers).toBe(1)
  })

  test('tell each of what another has renewed, and no longer one that is closed', async () => {
    const sources = new SharedSources()
    const create = (): Renewer => new Renewer(tokens())
    const one = sources.open('key', create)
    await using two = sources.open('key', create)
    const told: [string, Credential][] = []
    one.onChange((credential) => told.push(['one', credential]))
    const end = two.onChange((credential) => told.push(['two', credential]))
    const first = await two.get()
    await one.close()
    one.onChange((credential) => told.push(['closed', credential]))
    const second = await two.renew()
    end()
    await two.renew()
    expect(told).toEqual([
      ['one', first],
      ['two', first],
      ['two', second],
    ])
  })

  test("lets an abort end its own caller's wait only", async () => {
    const sources = new SharedSources()
    const { gate, provider } = gated()
    const create = (): Renewer => new Renewer(provider)
    await using one = sources.open('key', create)
    await using two = sources.open('key', create)
    const stop = new AbortController()
    const aborted = one.get({ signal: stop.signal }).catch((error: unknown) => error)
    const others = [one.get(), two.get()]
    const reason = new Error('enough')
    stop.abort(reason)
    expect(await aborted).toBe(reason)
    expect(await one.get({ signal: stop.signal }).catch((error: unknown) => error)).toBe(reason)
    gate.resolve(createCredential({ token: 'late' }))
    expect(new Set(await Promise.all(others)).size).toBe(1)
    expect(provider.runs).toBe(1)
  })

  test('ends the run that nobody is left to wait for', async () => {
    const sources = new SharedSources()
    let stopped = false
    const provider = new ScriptedProvider(
      ({ signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            stopped = true
            reject(signal.reason)
          })
        }),
    )
    const one = sources.open('key', () => new Renewer(provider))
    const waiting = one.get().catch((error: unknown) => error)
    await until(() => provider.runs === 1)
    await one.close()
    expect(await waiting).toMatchObject({ code: 'ERR_CLOSED' })
    expect(stopped).toBe(true)
  })

  test('keeps nothing when there is nothing to create', () => {
    const sources = new SharedSources()
    const fails = (): Renewer => {
      throw new TypeError('no')
    }
    expect(() => sources.open('key', fails)).toThrow('no')
    expect(sources.size).toBe(0)
  })

  test('keeps nothing of 1,000 that were opened and closed', async () => {
    const sources = new SharedSources()
    const refs: WeakRef<object>[] = []
    await openAndClose(sources, refs)
    expect(sources.size).toBe(0)
    await expectCollected(refs)
  })

  test('counts out those that were dropped without being closed', async () => {
    const sources = new SharedSources()
    const refs: WeakRef<object>[] = []
    await useAndDrop(sources, refs)
    expect(sources.size).toBe(1)
    await expectCollected(refs)
    await until(() => sources.size === 0)
  })

  test('ends what went on under those that were dropped', async () => {
    const sources = new SharedSources()
    const clock = createFakeClock()
    const options: RenewerOptions = { clock, renewWhenIdle: 'while-in-use' }
    const create = (): Renewer => new Renewer(ending(clock), options)
    await using staying = sources.open('key', create)
    await staying.get()
    const refs: WeakRef<object>[] = []
    dropInUse(sources.open('key', create), refs)
    expect(clock.pendingTimers).toBe(1)
    await expectCollected(refs)
    await until(() => clock.pendingTimers === 0)
    expect(sources.size).toBe(1)
  })
})

function dropInUse(source: CredentialSource, refs: WeakRef<object>[]): void {
  source.inUse()
  refs.push(new WeakRef(source))
}

function watched(refs: WeakRef<object>[]): Renewer {
  const renewer = new Renewer(tokens())
  refs.push(new WeakRef(renewer))
  return renewer
}

// In a function of its own: the variables of one that goes on keep what they held last.
async function openAndClose(sources: SharedSources, refs: WeakRef<object>[]): Promise<void> {
  for (let index = 0; index < 1000; index++) {
    // Three share one.
    const source = sources.open(`key-${index - (index % 3)}`, () => watched(refs))
    refs.push(new WeakRef(source))
    await source.get()
    await source.close()
  }
}

async function useAndDrop(sources: SharedSources, refs: WeakRef<object>[]): Promise<void> {
  const one = sources.open('key', () => new Renewer(tokens()))
  const two = sources.open('key', () => new Renewer(tokens()))
  await Promise.all([one.get(), two.get()])
  // Who was told of changes, and does not listen any more, is not held.
  one.onChange(() => two.current())()
  refs.push(new WeakRef(one), new WeakRef(two))
}

async function expectCollected(refs: readonly WeakRef<object>[]): Promise<void> {
  setFlagsFromString('--expose-gc')
  // `runInNewContext` gives anything; with the flag, this is the collector.
  const gc = runInNewContext('gc') as () => void
  // What a WeakRef was made of, or asked for, lives until the turn ends.
  await new Promise((resolve) => setImmediate(resolve))
  gc()
  const left = refs.filter((ref) => ref.deref() !== undefined).length
  expect(left).toBe(0)
}
