import { afterEach, describe, expect, test } from 'vitest'

import { CleanUp } from '../testing/clean-up.ts'
import { connected, type Connected } from './connected.ts'
import { Reader } from './reader.ts'
import { dataFrame, headFrame, response } from './server-frames.ts'

const cleanUp = new CleanUp()
afterEach(() => cleanUp.run())

const ok = [':status', '200']
const firstWindow = 256 * 1024
const largestWindow = 4 * 2 ** 20
const part = Buffer.alloc(2 ** 14, 'x')

/** Sends what it may on a stream and on the connection, until so much has been sent in all. */
async function sendAllowed({ server }: Connected, stream: number, size: number): Promise<number> {
  let sent = 0
  while (sent < size) {
    const length = Math.min(part.length, server.allowed(stream) - sent, size - sent)
    if (length > 0) server.send(dataFrame(stream, part.subarray(0, length)))
    else return sent
    sent += length
    await turn()
  }
  return sent
}

/** Long enough for both sides to say what they have to. */
async function settle(): Promise<void> {
  for (let index = 0; index < 50; index++) await turn()
}

async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}

describe('a reader that pauses', () => {
  test.each(['onResponseStart', 'onResponseData'] as const)(
    'in %s is told nothing until it goes on, and then all',
    async (moment) => {
      const { server, connection } = await connected(cleanUp)
      const reader = new Reader({ [moment]: () => reader.pause() }).ask(connection)
      await server.wasAsked(1)
      server.send(headFrame(1, ok), dataFrame(1, 'a'), dataFrame(1, 'b'), dataFrame(1, 'c'))
      server.send(headFrame(1, ['x-sum', '1'], { ends: true }))
      await expect.poll(() => connection.busy).toBe(false)
      expect(reader.body).toBe(moment === 'onResponseStart' ? '' : 'a')
      while (!reader.told.includes('end')) {
        reader.resume()
        await turn()
      }
      expect(reader.body).toBe('abc')
      expect(reader.told.at(-1)).toBe('end')
    },
  )

  test('at the head of a response without a body is told of its end when it goes on', async () => {
    const { server, connection } = await connected(cleanUp)
    const reader = new Reader({ onResponseStart: () => reader.pause() }).ask(connection)
    await server.wasAsked(1)
    server.send(headFrame(1, ok, { ends: true }))
    await expect.poll(() => connection.busy).toBe(false)
    expect(reader.told.at(-1)).toBe('200')
    reader.resume()
    await reader.ended
    expect(reader.told.at(-1)).toBe('end')
  })

  test('lets the server send what it was allowed, and no more until it goes on', async () => {
    const all = await connected(cleanUp)
    const { server, connection } = all
    const reader = new Reader({ onResponseStart: () => reader.pause() }).ask(connection)
    await server.wasAsked(1)
    server.send(headFrame(1, ok))
    expect(await sendAllowed(all, 1, 2 * firstWindow)).toBe(firstWindow)
    await settle()
    expect([server.allowed(1), reader.received]).toEqual([firstWindow, 0])
    reader.resume()
    await expect.poll(() => server.allowed(1)).toBeGreaterThan(firstWindow)
    expect(reader.received).toBe(firstWindow)
  })

  test('keeps nobody else waiting, and none of what all may receive together', async () => {
    const all = await connected(cleanUp)
    const { server, connection } = all
    const stalled = Array.from({ length: 90 }, () =>
      new Reader({ onResponseStart: (reader) => reader.pause() }).ask(connection),
    )
    await server.wasAsked(90)
    for (const { stream } of [...server.asked]) {
      server.send(headFrame(stream, ok))
      await sendAllowed(all, stream, firstWindow)
    }
    const reader = new Reader().ask(connection)
    await server.wasAsked(91)
    server.send(headFrame(181, ok))
    const size = 4 * 2 ** 20
    for (let sent = 0; sent < size; sent += part.length) {
      while (server.allowed(181) - sent < part.length) await turn()
      server.send(dataFrame(181, part))
    }
    server.send(dataFrame(181, '', { ends: true }))
    await reader.ended
    expect(reader.received).toBe(size)
    expect(stalled.map(({ received }) => received)).toEqual(stalled.map(() => 0))
    for (const each of stalled) each.resume()
    await expect.poll(() => stalled.every(({ received }) => received === firstWindow)).toBe(true)
  })

  test('may have given up when it would go on', async () => {
    const { server, connection } = await connected(cleanUp)
    const reader = new Reader({ onResponseStart: () => reader.pause() }).ask(connection)
    await server.wasAsked(1)
    server.send(headFrame(1, ok), dataFrame(1, 'hello'))
    await expect.poll(() => reader.told).toContain('200')
    reader.resume()
    reader.abort()
    await settle()
    expect(reader.told).toEqual(['start', 'sent', '200', 'enough'])
  })

  test('is not told more while it is being told something, when it goes on at once', async () => {
    const { server, connection } = await connected(cleanUp)
    let [depth, deepest] = [0, 0]
    const reader = new Reader({
      onResponseStart: () => reader.pause(),
      onResponseData: () => {
        deepest = Math.max(deepest, ++depth)
        reader.pause()
        reader.resume()
        depth--
      },
    }).ask(connection)
    await server.wasAsked(1)
    const piece = 'x'.repeat(9000)
    server.send(headFrame(1, ok), dataFrame(1, piece), dataFrame(1, piece))
    server.send(dataFrame(1, piece, { ends: true }))
    await expect.poll(() => connection.busy).toBe(false)
    reader.resume()
    expect(reader.received).toBe(0)
    await reader.ended
    expect([reader.received, deepest]).toEqual([27_000, 1])
  })

  test('and throws when it goes on ends alone', async () => {
    const { server, connection } = await connected(cleanUp)
    const reader = new Reader({
      onResponseStart: () => reader.pause(),
      onResponseData: () => {
        throw new Error('a fault of the handler')
      },
    }).ask(connection)
    const other = new Reader().ask(connection)
    await server.wasAsked(2)
    server.send(headFrame(1, ok), dataFrame(1, 'hello'))
    await expect.poll(() => reader.told).toContain('200')
    await settle()
    reader.resume()
    await reader.ended
    expect(reader.told.at(-1)).toBe('a fault of the handler')
    await expect.poll(() => server.codes('resetStream', 1)).toEqual([2])
    server.send(response(3))
    await other.ended
    expect(other.body).toBe('hello')
  })
})

describe('a reader that keeps up', () => {
  test('is allowed twice as much each time, up to 4 MiB', async () => {
    const all = await connected(cleanUp)
    const { server, connection } = all
    const reader = new Reader().ask(connection)
    await server.wasAsked(1)
    server.send(headFrame(1, ok))
    let widest = 0
    for (let sent = 0; sent < 12 * 2 ** 20; sent += part.length) {
      widest = Math.max(widest, server.allowed(1) - sent)
      server.send(dataFrame(1, part))
      while (reader.received < sent) await turn()
      await turn()
    }
    expect(widest).toBeGreaterThan(largestWindow / 2)
    expect(widest).toBeLessThanOrEqual(largestWindow)
  })

  test('is allowed nothing more once all has come', async () => {
    const { server, connection } = await connected(cleanUp)
    const reader = new Reader().ask(connection)
    await server.wasAsked(1)
    const parts = Array.from({ length: 7 }, () => dataFrame(1, part))
    server.send(headFrame(1, ok), ...parts, dataFrame(1, part, { ends: true }))
    await reader.ended
    await settle()
    expect([reader.received, server.allowed(1)]).toEqual([firstWindow / 2, firstWindow])
  })

  test('has its padding given back as well', async () => {
    const { server, connection } = await connected(cleanUp)
    const reader = new Reader().ask(connection)
    await server.wasAsked(1)
    server.send(headFrame(1, ok))
    for (let sent = 0; sent < 4 * firstWindow; sent += 256) {
      while (server.allowed(1) - sent < 256) await turn()
      server.send(dataFrame(1, '', { padding: 255 }))
    }
    server.send(dataFrame(1, 'hello', { ends: true }))
    await reader.ended
    expect(reader.body).toBe('hello')
  })
})
