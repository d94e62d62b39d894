import { errors } from 'undici'
import { afterEach, describe, expect, test } from 'vitest'

import { resetFrame } from '../../src/http2/frames.ts'
import { isRefused } from '../../src/transport/undici-lost-request.ts'
import { outcomeOf } from '../http1/outcome.ts'
import { CleanUp } from '../testing/clean-up.ts'
import { connected } from './connected.ts'
import { Reader } from './reader.ts'
import { dataFrame, goAwayAfter, headFrame, response } from './server-frames.ts'

const cleanUp = new CleanUp()
afterEach(() => cleanUp.run())

const ok = [':status', '200']
const anyStream = 2 ** 31 - 1

describe('a server that says GOAWAY', () => {
  test('ends the requests that it does not look at, finishes the others, and gets no more', async () => {
    const { server, client, connection, heard } = await connected(cleanUp)
    const asked = [outcomeOf(client), outcomeOf(client), outcomeOf(client)]
    await server.wasAsked(3)
    server.send(headFrame(1, ok), goAwayAfter(1))
    const refused = await Promise.all(asked.slice(1))
    for (const { error } of refused) {
      expect(error).toMatchObject({ http2ErrorCode: 7 })
      expect(error !== undefined && isRefused(error)).toBe(true)
    }
    expect([connection.busy, connection.hasRoom]).toEqual([true, false])
    expect(server.left).toBe(false)
    server.send(dataFrame(1, 'hello', { ends: true }))
    expect(await asked[0]).toMatchObject({ body: 'hello' })
    await expect.poll(() => server.left).toBe(true)
    expect(heard.filter((word) => word === 'gone')).toHaveLength(1)
    expect(server.codes('resetStream', 3)).toEqual([])
  })

  test('in time, which ends nothing, and then in earnest', async () => {
    const { server, client, connection, heard } = await connected(cleanUp)
    const asked = [outcomeOf(client), outcomeOf(client)]
    await server.wasAsked(2)
    const before = heard.length
    server.send(goAwayAfter(anyStream))
    await expect.poll(() => connection.hasRoom).toBe(false)
    expect(connection.busy).toBe(true)
    expect(heard.slice(before)).toContain('changed')
    server.send(goAwayAfter(1), response(1))
    expect(await asked[0]).toMatchObject({ body: 'hello' })
    expect((await asked[1])?.error).toMatchObject({ http2ErrorCode: 7 })
    await expect.poll(() => server.left).toBe(true)
  })

  test('to a connection without a request closes it', async () => {
    const { server, heard } = await connected(cleanUp)
    server.send(goAwayAfter(0))
    await expect.poll(() => server.left).toBe(true)
    expect(heard.at(-1)).toBe('gone')
  })

  test('and closes, leaves no request without an end', async () => {
    const { server, client } = await connected(cleanUp)
    const asked = outcomeOf(client)
    await server.wasAsked(1)
    server.send(goAwayAfter(1, 11))
    server.leave('end')
    expect((await asked).error).toBeInstanceOf(errors.SocketError)
  })

  test('may find that a handler gives up others when it is told', async () => {
    const { server, connection } = await connected(cleanUp)
    const readers: Reader[] = []
    for (let index = 0; index < 4; index++) {
      readers.push(
        new Reader({
          onResponseError: () => {
            for (const reader of readers) reader.abort()
          },
        }).ask(connection),
      )
    }
    await server.wasAsked(4)
    server.send(goAwayAfter(1))
    await expect.poll(() => server.left).toBe(true)
    expect(readers.map(({ told }) => told.length)).toEqual([3, 3, 3, 3])
  })
})

describe('a server that resets a stream', () => {
  test.each([0, 1, 2, 5, 7, 8, 11, 2 ** 32 - 1])('with error code %d ends it', async (code) => {
    const { server, client } = await connected(cleanUp)
    const asked = [outcomeOf(client), outcomeOf(client)]
    await server.wasAsked(2)
    server.send(headFrame(1, ok), resetFrame(1, code), response(3))
    const { error } = (await asked[0]) ?? {}
    expect(error).toMatchObject({ http2ErrorCode: code })
    expect(error !== undefined && isRefused(error)).toBe(code === 7)
    expect(await asked[1]).toMatchObject({ body: 'hello' })
    expect(server.codes('resetStream', 1)).toEqual([])
  })

  test('after a whole response takes nothing of it', async () => {
    const { server, client } = await connected(cleanUp)
    server.answer = ({ stream }) => Buffer.concat([response(stream), resetFrame(stream, 0)])
    expect((await outcomeOf(client)).body).toBe('hello')
    expect((await outcomeOf(client)).body).toBe('hello')
  })

  test('after a whole response that is still being read takes nothing of it', async () => {
    const { server, connection } = await connected(cleanUp)
    const reader = new Reader({ onResponseStart: () => reader.pause() }).ask(connection)
    await server.wasAsked(1)
    server.send(response(1), resetFrame(1, 0))
    await expect.poll(() => connection.busy).toBe(false)
    reader.resume()
    await reader.ended
    expect([reader.body, reader.error]).toEqual(['hello', undefined])
  })
})

describe('a connection that is lost', () => {
  test.each(['end', 'reset'] as const)('by %s ends all its requests', async (how) => {
    const { server, client, connection, heard } = await connected(cleanUp)
    const asked = Array.from({ length: 5 }, async () => outcomeOf(client))
    await server.wasAsked(5)
    server.send(response(1), headFrame(3, ok), dataFrame(3, 'half'))
    await asked[0]
    server.leave(how)
    const [first, ...others] = await Promise.all(asked)
    expect(first?.body).toBe('hello')
    for (const { error } of others) {
      expect(error).toMatchObject({ code: how === 'end' ? 'UND_ERR_SOCKET' : 'ECONNRESET' })
    }
    expect([connection.busy, connection.hasRoom]).toEqual([false, false])
    expect(heard.filter((word) => word === 'gone')).toHaveLength(1)
  })

  test('takes nothing of a whole response that is still being read', async () => {
    const { server, connection, heard } = await connected(cleanUp)
    const reader = new Reader({ onResponseStart: () => reader.pause() }).ask(connection)
    await server.wasAsked(1)
    server.send(response(1))
    server.leave('end')
    await expect.poll(() => heard).toContain('gone')
    reader.resume()
    await reader.ended
    expect([reader.body, reader.error]).toEqual(['hello', undefined])
  })
})
