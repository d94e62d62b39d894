import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import { afterEach, describe, expect, test } from 'vitest'

import { pingFrame } from '../../src/http2/frames.ts'
import { outcomeOf } from '../http1/outcome.ts'
import { CleanUp } from '../testing/clean-up.ts'
import { connected } from './connected.ts'
import { Reader } from './reader.ts'
import { ScriptedServer } from './scripted-server.ts'
import { dataFrame, headFrame, response, settingsFrame } from './server-frames.ts'

const cleanUp = new CleanUp()
afterEach(() => cleanUp.run())

const ack = 1
const idleMs = 60_000

describe('a connection', () => {
  test('begins with what it takes, and says that it takes no pushes', async () => {
    const { server } = await connected(cleanUp, { largestHead: 12_345 })
    await expect.poll(() => server.came('windowUpdate').length).toBe(1)
    const [settings] = server.came('settings')
    const expected = settingsFrame(2, 0, 4, 256 * 1024, 6, 12_345)
    expect(settings?.payload).toEqual(expected.subarray(9))
    expect(server.allowed(0)).toBe(16 * 2 ** 20)
  })

  test('says that it keeps to the settings of the server, each time', async () => {
    const { server } = await connected(cleanUp)
    server.send(settingsFrame(3, 5), settingsFrame(0xff, 1, 1, 0))
    const acks = () => server.came('settings').filter(({ flags }) => flags === ack)
    await expect.poll(() => acks().length).toBe(3)
    expect(acks().every(({ payload, stream }) => payload.length === 0 && stream === 0)).toBe(true)
  })

  test('carries as many requests at a time as the server takes', async () => {
    const { server, connection, heard } = await connected(cleanUp, {
      greeting: settingsFrame(3, 2),
    })
    await expect.poll(() => heard).toContain('changed')
    const readers = [new Reader().ask(connection), new Reader().ask(connection)]
    expect(connection.hasRoom).toBe(false)
    await server.wasAsked(2)
    server.send(response(3))
    await readers[1]?.ended
    expect([connection.hasRoom, connection.busy]).toEqual([true, true])
    server.send(settingsFrame(3, 1))
    await expect.poll(() => connection.hasRoom).toBe(false)
    server.send(settingsFrame(3, 3))
    await expect.poll(() => connection.hasRoom).toBe(true)
    server.send(settingsFrame(3, 0), response(1))
    await readers[0]?.ended
    await expect.poll(() => connection.hasRoom).toBe(false)
  })

  test.each([
    ['100, as long as the server has not said how many', settingsFrame(), 100],
    ['256, when the server would take more', settingsFrame(3, 2 ** 32 - 1), 256],
  ])('carries no more than %s', async (_, greeting, most) => {
    const { server, connection, heard } = await connected(cleanUp, { greeting })
    await expect.poll(() => heard).toContain('changed')
    let count = 0
    for (; connection.hasRoom; count++) new Reader().ask(connection)
    expect(count).toBe(most)
    await server.wasAsked(most)
  })

  test.each([0, 64, 4096, 65_536])(
    'writes its heads with a table that the server allows, of %d bytes',
    async (size) => {
      const { server, client } = await connected(cleanUp)
      server.answer = ({ stream }) => response(stream)
      const ask = async () => outcomeOf(client, '/', ['x-a', 'a'.repeat(50), 'x-b', 'b'])
      await ask()
      server.send(settingsFrame(1, size))
      await expect.poll(() => server.came('settings').length).toBe(3)
      await ask()
      await ask()
      const [, second, third] = server.came('headers').map(({ payload }) => payload[0])
      // What is smaller than before is said at the next head, once (RFC 7541, 4.2).
      expect(isSizeUpdate(second)).toBe(size < 4096)
      expect(isSizeUpdate(third)).toBe(false)
      expect(new Set(server.asked.map(({ head }) => head.join()))).toHaveLength(1)
    },
  )

  test('answers each question of the server with the same bytes', async () => {
    const { server } = await connected(cleanUp)
    const questions = ['12345678', 'abcdefgh'].map((text) => Buffer.from(text))
    server.send(...questions.map((payload) => pingFrame(payload, false)))
    server.send(pingFrame(Buffer.alloc(8), true))
    await expect.poll(() => server.came('ping').length).toBe(2)
    expect(server.came('ping').map(({ payload }) => payload)).toEqual(questions)
    expect(server.came('ping').map(({ flags }) => flags)).toEqual([ack, ack])
  })

  test('asks for a sign of life when it is told to, and takes the answer for no more', async () => {
    const { server, client, connection } = await connected(cleanUp)
    connection.ping()
    await expect.poll(() => server.came('ping').length).toBe(1)
    const [question] = server.came('ping')
    expect(question).toMatchObject({ flags: 0, stream: 0 })
    server.send(pingFrame(question?.payload ?? Buffer.alloc(8), true))
    server.answer = ({ stream }) => response(stream)
    expect((await outcomeOf(client)).body).toBe('hello')
    expect(server.came('ping')).toHaveLength(1)
  })

  test('is used once it has been answered', async () => {
    const { server, client, connection } = await connected(cleanUp)
    const asked = outcomeOf(client)
    await server.wasAsked(1)
    expect(connection.used).toBe(false)
    server.send(response(1))
    await asked
    expect(connection.used).toBe(true)
  })
})

describe('that nobody uses', () => {
  test('is closed after its time, and says so', async () => {
    const { server, client, clock, heard } = await connected(cleanUp, { idleMs })
    server.answer = ({ stream }) => response(stream)
    await outcomeOf(client)
    clock.advance(idleMs / 2)
    await outcomeOf(client)
    clock.advance(idleMs - 1)
    expect(heard).not.toContain('gone')
    clock.advance(1)
    expect(heard.at(-1)).toBe('gone')
    await expect.poll(() => server.left).toBe(true)
    expect(server.codes('goAway')).toEqual([0])
    expect(clock.pendingTimers).toBe(0)
  })

  test('is closed after its time, also when nobody ever has', async () => {
    const { server, connection, clock } = await connected(cleanUp, { idleMs })
    new Reader({ onRequestStart: (asking) => asking.abort() }).ask(connection)
    clock.advance(idleMs)
    await expect.poll(() => server.left).toBe(true)
    expect(clock.pendingTimers).toBe(0)
  })

  test('is kept while it has a request, however long that takes', async () => {
    const { server, client, clock } = await connected(cleanUp, { idleMs })
    const asked = outcomeOf(client)
    clock.advance(100 * idleMs)
    await server.wasAsked(1)
    server.send(response(1))
    expect((await asked).body).toBe('hello')
    clock.advance(idleMs)
    await expect.poll(() => server.left).toBe(true)
  })

  test.each(['before its first request', 'after a request'])(
    'keeps no process alive, %s',
    async (moment) => {
      const server = new ScriptedServer(settingsFrame())
      cleanUp.defer(() => server[Symbol.asyncDispose]())
      server.answer = ({ stream }) => response(stream)
      const program = fileURLToPath(new URL('lonely-program.ts', import.meta.url))
      const args = [program, `${await server.listen()}`, moment]
      const { stdout } = await promisify(execFile)(process.execPath, args)
      expect(stdout).toBe(moment === 'after a request' ? 'hello' : '')
    },
  )
})

describe('when it is closed', () => {
  test('a request that is being answered is, and the connection closes then', async () => {
    const { server, client, connection, heard } = await connected(cleanUp)
    const asked = outcomeOf(client)
    await server.wasAsked(1)
    server.send(headFrame(1, [':status', '200']))
    connection.retire()
    expect(connection.hasRoom).toBe(false)
    server.send(dataFrame(1, 'hello', { ends: true }))
    expect((await asked).body).toBe('hello')
    await expect.poll(() => server.left).toBe(true)
    expect(heard.at(-1)).toBe('gone')
    expect(server.codes('goAway')).toEqual([0])
  })

  test('without a request it is at once', async () => {
    const { connection, heard } = await connected(cleanUp)
    connection.retire()
    connection.retire()
    expect(heard.filter((word) => word === 'gone')).toHaveLength(1)
  })

  test('for good, all requests end with the error, and all of its timers', async () => {
    const { server, client, connection, clock } = await connected(cleanUp)
    const asked = [outcomeOf(client), outcomeOf(client)]
    await server.wasAsked(2)
    const error = new Error('closed for good')
    connection.destroy(error)
    expect(await Promise.all(asked)).toMatchObject([{ error }, { error }])
    await expect.poll(() => server.left).toBe(true)
    expect(clock.pendingTimers).toBe(0)
  })

  test("in the midst of what came, the rest is nobody's", async () => {
    const { server, connection, heard } = await connected(cleanUp)
    const first = new Reader({
      onResponseEnd: () => connection.destroy(new Error('over')),
    }).ask(connection)
    const second = new Reader().ask(connection)
    await server.wasAsked(2)
    server.send(response(1), response(3), settingsFrame(5, 0))
    await Promise.all([first.ended, second.ended])
    expect([first.body, second.body, second.error?.message]).toEqual(['hello', '', 'over'])
    expect(heard.filter((word) => word === 'gone')).toHaveLength(1)
  })
})

function isSizeUpdate(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xe0) === 0x20
}
