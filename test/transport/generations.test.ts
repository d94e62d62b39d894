import { PassThrough } from 'node:stream'

import { describe, expect, test } from 'vitest'

import type { ClientCertificate } from '../../src/credential/client-certificate.ts'
import { createCredential, type Credential } from '../../src/credential/credential.ts'
import { subscribe } from '../../src/events/channels.ts'
import { createFakeClock } from '../../src/testing/fake-clock.ts'
import type { Connections } from '../../src/transport/generation.ts'
import { Listeners } from '../../src/credential/listeners.ts'
import { Generations } from '../../src/transport/generations.ts'

class LoggedConnections implements Connections {
  readonly log: string[]
  readonly identity: string
  retired = false

  constructor(identity: string, log: string[]) {
    this.identity = identity
    this.log = log
    log.push(`open ${identity}`)
  }

  retire(): void {
    this.retired = true
  }

  close(): Promise<void> {
    this.log.push(`close ${this.identity}`)
    return Promise.resolve()
  }

  destroy(error: Error): Promise<void> {
    const code = 'code' in error ? String(error.code) : error.message
    this.log.push(`destroy ${this.identity}: ${code}`)
    return Promise.resolve()
  }
}

// Only the fingerprint tells identities apart.
const identity = (fingerprint: string): ClientCertificate =>
  ({ fingerprint }) as unknown as ClientCertificate

function setUp({ upgradeDrainMs = Infinity } = {}) {
  const [credentials, authorities] = [new Listeners<Credential>(), new Listeners()]
  const server = {
    url: 'https://a',
    certificateAuthorityPem: 'one',
    onAuthorityChange: (listener: () => void) => authorities.add(listener),
  }
  const log: string[] = []
  const clock = createFakeClock()
  const generations = new Generations({
    open: (certificate) => new LoggedConnections(certificate?.fingerprint ?? 'none', log),
    drainMs: 1000,
    upgradeDrainMs,
    clock,
    server,
    source: { onChange: (listener) => credentials.add(listener) },
  })
  /** The source has another certificate now. */
  const renew = (fingerprint: string): void => {
    credentials.tell({ ...createCredential({}), certificate: identity(fingerprint) })
  }
  const trust = (pem: string): void => {
    server.certificateAuthorityPem = pem
    authorities.tell()
  }
  const listeners = (): readonly number[] => [credentials.size, authorities.size]
  return { log, clock, generations, server, renew, trust, listeners }
}

type Scene = ReturnType<typeof setUp>

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn++) await Promise.resolve()
}

/** What the next uncaught exception is, in place of the end of this process. */
function nextUncaught(): Promise<unknown> {
  const others = process.listeners('uncaughtException')
  process.removeAllListeners('uncaughtException')
  return new Promise((resolve) => {
    process.once('uncaughtException', (error) => {
      for (const other of others) process.on('uncaughtException', other)
      resolve(error)
    })
  })
}

describe('Generations', () => {
  test('keeps the connections of one identity, and gives another its own', () => {
    const { log, generations } = setUp()
    const first = generations.for(identity('a'))
    expect(generations.for(identity('a'))).toBe(first)
    expect(generations.for(undefined)).not.toBe(first)
    expect(log).toEqual(['open a', 'open none', 'close a'])
  })

  test('closes a replaced generation when its last request has ended, and leaves no timer', async () => {
    const { log, clock, generations } = setUp()
    const old = generations.for(identity('a'))
    const [one, two] = [old.begin(), old.begin()]
    generations.for(identity('b'))
    one()
    one()
    await settled()
    expect(log).toEqual(['open a', 'open b'])
    expect(old.connections.retired).toBe(true)
    two()
    await settled()
    expect(log).toEqual(['open a', 'open b', 'close a'])
    expect(clock.pendingTimers).toBe(0)
  })

  test('cuts what is left at the drain deadline, once', async () => {
    const { log, clock, generations } = setUp()
    const end = generations.for(identity('a')).begin()
    generations.for(identity('b'))
    clock.advance(999)
    expect(log).not.toContain('destroy a: ERR_DRAINED')
    clock.advance(1)
    end()
    await settled()
    expect(log).toEqual(['open a', 'open b', 'destroy a: ERR_DRAINED'])
  })

  test('does not cut upgraded connections at the deadline, but when everything is closed', async () => {
    const { clock, generations } = setUp()
    const old = generations.for(identity('a'))
    const socket = new PassThrough()
    socket.on('error', () => undefined)
    old.upgraded(socket, old.begin())
    generations.for(identity('b'))
    clock.advance(1000)
    await settled()
    expect(socket.destroyed).toBe(false)
    await generations.destroy(new Error('closed'))
    expect(socket.destroyed).toBe(true)
  })

  test('cuts upgraded connections at a deadline of their own, where there is one', async () => {
    const { log, clock, generations } = setUp({ upgradeDrainMs: 5000 })
    const old = generations.for(identity('a'))
    const socket = new PassThrough()
    const errors: unknown[] = []
    socket.on('error', (error) => errors.push(error))
    old.upgraded(socket, old.begin())
    generations.for(identity('b'))
    clock.advance(4999)
    expect(socket.destroyed).toBe(false)
    clock.advance(1)
    await new Promise((resolve) => socket.once('close', resolve))
    expect(errors).toEqual([expect.objectContaining({ code: 'ERR_DRAINED' })])
    expect(log).toContain('destroy a: ERR_DRAINED')
    expect(clock.pendingTimers).toBe(0)
  })

  test('leaves no timer for upgraded connections that end by themselves', async () => {
    const { clock, generations } = setUp({ upgradeDrainMs: 5000 })
    const old = generations.for(identity('a'))
    const socket = new PassThrough()
    old.upgraded(socket, old.begin())
    generations.for(identity('b'))
    socket.destroy()
    await new Promise((resolve) => socket.once('close', resolve))
    await settled()
    expect(clock.pendingTimers).toBe(0)
  })

  test('asks watches to end at the deadline, and cuts what is left when they have', async () => {
    const { log, clock, generations } = setUp()
    const old = generations.for(identity('a'))
    const [watch, other] = [old.begin(), old.begin()]
    let asked = 0
    const ended = old.watching(() => asked++)
    generations.for(identity('b'))
    clock.advance(1000)
    expect(asked).toBe(1)
    expect(log).toEqual(['open a', 'open b'])
    ended()
    watch()
    await settled()
    expect(log).toEqual(['open a', 'open b', 'destroy a: ERR_DRAINED'])
    other()
    expect(clock.pendingTimers).toBe(0)
  })

  test('asks the other watches and cuts what is left when the reader of one throws', async () => {
    const { log, clock, generations } = setUp()
    const old = generations.for(identity('a'))
    old.begin()
    let asked = 0
    const failure = new Error('the fault of a reader')
    old.watching(() => {
      throw failure
    })
    old.watching(() => asked++)
    generations.for(identity('b'))
    const thrown = nextUncaught()
    clock.advance(1000)
    expect(asked).toBe(1)
    expect(await thrown).toBe(failure)
    clock.advance(5000)
    await settled()
    expect(log).toEqual(['open a', 'open b', 'destroy a: ERR_DRAINED'])
    expect(clock.pendingTimers).toBe(0)
  })

  test('waits five seconds for a watch that does not end', async () => {
    const { log, clock, generations } = setUp()
    const old = generations.for(identity('a'))
    old.begin()
    old.watching(() => undefined)
    generations.for(identity('b'))
    clock.advance(1000)
    clock.advance(4999)
    expect(log).toEqual(['open a', 'open b'])
    clock.advance(1)
    await settled()
    expect(log).toEqual(['open a', 'open b', 'destroy a: ERR_DRAINED'])
  })

  test('counts the authority that the server must come from as part of the identity', () => {
    const { log, generations, server } = setUp()
    const first = generations.for(identity('a'))
    server.certificateAuthorityPem = 'another'
    const second = generations.for(identity('a'))
    expect(second).not.toBe(first)
    expect(generations.for(identity('a'))).toBe(second)
    expect(log).toEqual(['open a', 'open a', 'close a'])
  })

  test.each([
    ['certificate', ({ renew }: Scene) => renew('b')],
    ['authority', ({ trust }: Scene) => trust('another')],
  ])('counts the drain from another %s on, though no request comes', async (_what, change) => {
    const scene = setUp()
    const { log, clock, generations } = scene
    const end = generations.for(identity('a')).begin()
    change(scene)
    clock.advance(999)
    expect(log).toEqual(['open a'])
    clock.advance(1)
    await settled()
    // Nothing is opened that nobody asks for.
    expect(log).toEqual(['open a', 'destroy a: ERR_DRAINED'])
    end()
    expect(clock.pendingTimers).toBe(0)
  })

  test('goes on with the same identity when something else has changed', () => {
    const { log, clock, generations, renew, trust } = setUp()
    const current = generations.for(identity('a'))
    current.begin()
    renew('a')
    trust('one')
    expect(clock.pendingTimers).toBe(0)
    expect(generations.for(identity('a'))).toBe(current)
    expect(log).toEqual(['open a'])
  })

  test('listens only while something is open on the connections of this moment', async () => {
    const { generations, renew, listeners } = setUp()
    const first = generations.for(identity('a'))
    expect(listeners()).toEqual([0, 0])
    const ends = [first.begin(), first.begin()]
    expect(listeners()).toEqual([1, 1])
    for (const end of ends) end()
    expect(listeners()).toEqual([0, 0])
    first.begin()
    renew('b')
    expect(listeners()).toEqual([0, 0])
    generations.for(identity('b')).begin()
    generations.for(identity('c')).begin()
    expect(listeners()).toEqual([1, 1])
    await generations.destroy(new Error('bye'))
    expect(listeners()).toEqual([0, 0])
  })

  test('destroys all generations, the retired too, and no one twice', async () => {
    const { log, generations } = setUp()
    generations.for(identity('a')).begin()
    generations.for(identity('b')).begin()
    await generations.destroy(new Error('bye'))
    await generations.destroy(new Error('bye'))
    expect(log.slice(2)).toEqual(['destroy a: bye', 'destroy b: bye'])
  })

  test('tells of a rotation, and of nothing else', () => {
    const events: unknown[] = []
    const stop = subscribe('kubecred:transport:rotation', (event) => events.push(event))
    const { generations, renew } = setUp()
    generations.for(identity('a')).begin()
    generations.for(identity('a'))
    renew('b')
    renew('c')
    generations.for(identity('c'))
    stop()
    expect(events).toEqual([{ server: 'https://a', draining: 1 }])
  })
})
