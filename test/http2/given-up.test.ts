import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import { afterEach, describe, expect, test } from 'vitest'

import { outcomeOf } from '../http1/outcome.ts'
import { CleanUp } from '../testing/clean-up.ts'
import { connected } from './connected.ts'
import { Reader } from './reader.ts'
import { dataFrame, headFrame, response } from './server-frames.ts'

const cleanUp = new CleanUp()
afterEach(() => cleanUp.run())

const ok = [':status', '200']
const ends = { ends: true }
const [internalError, cancel] = [2, 8]

describe('a request that is given up', () => {
  test('before it is sent is not sent', async () => {
    const { server, client, connection } = await connected(cleanUp)
    const reader = new Reader({ onRequestStart: (asking) => asking.abort() }).ask(connection)
    expect(reader.told).toEqual(['start', 'enough'])
    expect([connection.busy, connection.hasRoom]).toEqual([false, true])
    server.answer = ({ stream }) => response(stream)
    expect((await outcomeOf(client)).body).toBe('hello')
    expect(server.asked.map(({ stream }) => stream)).toEqual([1])
  })

  test.each(['onRequestSent', 'onResponseStart', 'onResponseData'] as const)(
    'in %s hears of it once, and the server is told',
    async (moment) => {
      const { server, client, connection } = await connected(cleanUp)
      const reader = new Reader({ [moment]: (asking: Reader) => asking.abort() }).ask(connection)
      await server.wasAsked(1)
      server.send(headFrame(1, ok), dataFrame(1, 'a'))
      await expect.poll(() => server.codes('resetStream', 1)).toEqual([cancel])
      expect(reader.told.filter((word) => word === 'enough')).toHaveLength(1)
      expect(reader.told.at(-1)).toBe('enough')
      expect([connection.busy, connection.hasRoom]).toEqual([false, true])
      // The server cannot have known.
      server.send(dataFrame(1, 'b'), headFrame(1, ['a', 'b'], ends), reset(1, 5))
      server.answer = ({ stream }) => response(stream)
      expect((await outcomeOf(client)).body).toBe('hello')
      expect(reader.told.at(-1)).toBe('enough')
      expect(server.codes('resetStream', 1)).toEqual([cancel])
    },
  )

  test('while nothing has come, hears of it at once', async () => {
    const { server, connection } = await connected(cleanUp)
    const reader = new Reader().ask(connection)
    await server.wasAsked(1)
    reader.abort()
    expect(reader.told).toEqual(['start', 'sent', 'enough'])
    await expect.poll(() => server.codes('resetStream', 1)).toEqual([cancel])
    reader.abort('again')
    reader.pause()
    reader.resume()
    expect(reader.told).toHaveLength(3)
  })

  test.each<[string, Buffer[]]>([
    ['with its head', [headFrame(1, ok, ends)]],
    ['with its body', [headFrame(1, ok), dataFrame(1, 'a', ends)]],
  ])('when the server has ended it %s, says nothing to the server', async (_, said) => {
    const { server, client, connection } = await connected(cleanUp)
    const last = said.length === 1 ? 'onResponseStart' : 'onResponseData'
    const reader = new Reader({ [last]: (asking: Reader) => asking.abort() }).ask(connection)
    await server.wasAsked(1)
    server.send(...said)
    await reader.ended
    expect(reader.told.at(-1)).toBe('enough')
    expect(connection.busy).toBe(false)
    server.answer = ({ stream }) => response(stream)
    await outcomeOf(client)
    expect(server.codes('resetStream', 1)).toEqual([])
  })

  test('counts with what still comes for it in what all may receive', async () => {
    const { server, client, connection } = await connected(cleanUp)
    server.answer = ({ stream }) => headFrame(stream, ok)
    const half = 8 * 2 ** 20
    for (let sent = 0; sent < half;) {
      const reader = new Reader({ onResponseStart: (asking) => asking.abort() }).ask(connection)
      await reader.ended
      const stream = server.asked.at(-1)?.stream ?? 0
      for (let part = 0; part < 16; part++, sent += 2 ** 14) {
        server.send(dataFrame(stream, new Uint8Array(2 ** 14)))
      }
    }
    await expect.poll(() => server.allowed(0)).toBeGreaterThanOrEqual(3 * half)
    server.answer = ({ stream }) => response(stream)
    expect((await outcomeOf(client)).body).toBe('hello')
  })

  test('makes room, which its owner hears and may use at once', async () => {
    const readers: Reader[] = []
    const all = await connected(cleanUp, {
      changed: () => {
        while (readers.length < 300 && all.connection.hasRoom) {
          readers.push(new Reader().ask(all.connection))
        }
      },
    })
    const { server, connection } = all
    await server.wasAsked(100)
    expect(readers).toHaveLength(100)
    for (const reader of readers.slice(0, 50)) reader.abort()
    await server.wasAsked(150)
    expect([readers.length, connection.busy]).toEqual([150, true])
    server.answer = ({ stream }) => response(stream)
    server.send(...server.asked.map(({ stream }) => response(stream)))
    await Promise.all(readers.map(async ({ ended }) => ended))
    await expect.poll(() => readers.length).toBe(300)
    await Promise.all(readers.map(async ({ ended }) => ended))
    expect(readers.filter(({ body }) => body === 'hello')).toHaveLength(250)
  })
})

describe('a handler that throws', () => {
  test.each(['onResponseStart', 'onResponseData'] as const)(
    'in %s is told what it threw, and nobody else',
    async (moment) => {
      const { server, connection } = await connected(cleanUp)
      const reader = new Reader({
        [moment]: () => {
          throw new Error('a fault of the handler')
        },
      }).ask(connection)
      const other = new Reader().ask(connection)
      await server.wasAsked(2)
      server.send(headFrame(1, ok), dataFrame(1, 'a'), response(3))
      await other.ended
      expect(reader.told.at(-1)).toBe('a fault of the handler')
      expect(other.body).toBe('hello')
      await expect.poll(() => server.codes('resetStream', 1)).toEqual([internalError])
      expect(connection.busy).toBe(false)
    },
  )

  test('at the end of its response is nothing to the server, or to others', async () => {
    const { server, client, connection } = await connected(cleanUp)
    new Reader({
      onResponseEnd: () => {
        throw new Error('a fault of the handler')
      },
    }).ask(connection)
    const other = outcomeOf(client)
    await server.wasAsked(2)
    server.send(response(1), response(3))
    expect((await other).body).toBe('hello')
    expect([connection.busy, server.codes('resetStream', 1)]).toEqual([false, []])
  })

  test('before it is sent has its error thrown at whoever sends it, and is not sent', async () => {
    const { server, client, connection } = await connected(cleanUp)
    const reader = new Reader({
      onRequestStart: () => {
        throw new Error('a fault of the handler')
      },
    })
    expect(() => reader.ask(connection)).toThrow('a fault of the handler')
    server.answer = ({ stream }) => response(stream)
    expect((await outcomeOf(client)).body).toBe('hello')
    expect(server.asked).toHaveLength(1)
  })
})

test('what handlers throw at the end of a connection hurts neither it nor each other', async () => {
  const program = fileURLToPath(new URL('throwing-program.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [program])
  expect(stdout.split('\n')).toEqual([
    ...['a fault, told of over', 'a fault, told of over', 'gone'],
    ...['uncaught: a fault', 'uncaught: a fault', ''],
  ])
})

test('an owner may close it when it hears that a request is over', async () => {
  const all = await connected(cleanUp, {
    changed: () => {
      if (reader.error !== undefined) all.connection.destroy(new Error('over'))
    },
  })
  const reader = new Reader().ask(all.connection)
  await all.server.wasAsked(1)
  reader.abort()
  expect(all.heard.at(-1)).toBe('gone')
  expect(all.clock.pendingTimers).toBe(0)
})

test('a request that closes its own connection before it is sent ends with it', async () => {
  const { connection } = await connected(cleanUp)
  const reader = new Reader({ onRequestStart: () => connection.destroy(new Error('over')) })
  reader.ask(connection)
  expect(reader.error).toBeInstanceOf(Error)
  expect(connection.busy).toBe(false)
})

test('a handler may send another request whenever it is told something', async () => {
  const { server, connection } = await connected(cleanUp)
  server.answer = ({ stream }) => response(stream)
  const others: Reader[] = []
  const another = (): void => {
    others.push(new Reader().ask(connection))
  }
  const reader = new Reader({
    onRequestStart: another,
    onRequestSent: another,
    onResponseStart: another,
    onResponseData: another,
    onResponseEnd: another,
  }).ask(connection)
  await reader.ended
  await Promise.all(others.map(async ({ ended }) => ended))
  expect(others.map(({ body }) => body)).toEqual(others.map(() => 'hello'))
  expect(server.asked.map(({ stream }) => stream)).toEqual([1, 3, 5, 7, 9, 11])
})

function reset(stream: number, errorCode: number): Buffer {
  return Buffer.from([0, 0, 4, 3, 0, 0, 0, 0, stream, 0, 0, 0, errorCode])
}
