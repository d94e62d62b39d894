import { afterEach, describe, expect, test } from 'vitest'

import { outcomeOf } from '../http1/outcome.ts'
import { CleanUp } from '../testing/clean-up.ts'
import { connected } from './connected.ts'
import { Reader } from './reader.ts'
import { response, settingsFrame } from './server-frames.ts'

const cleanUp = new CleanUp()
afterEach(() => cleanUp.run())

describe('a request', () => {
  test('is written with its method, its host, its path and its headers', async () => {
    const { server, client } = await connected(cleanUp)
    server.answer = ({ stream }) => response(stream)
    const headers = ['Accept', 'text/plain', 'X-A', '1', 'x-a', '2', 'X-Latin', '\u00e9', 'X-E', '']
    await outcomeOf(client, '/api?a=b', [...headers, 'Content-Length', '0'])
    expect(server.asked).toEqual([
      {
        stream: 1,
        head: [
          ...[':method', 'GET', ':scheme', 'https', ':authority', 'api.example:6443'],
          ...[':path', '/api?a=b', 'accept', 'text/plain', 'x-a', '1', 'x-a', '2'],
          ...['x-latin', '\u00e9', 'x-e', ''],
        ],
        frames: 1,
      },
    ])
  })

  test('ends its stream with its head', async () => {
    const { server, client } = await connected(cleanUp)
    server.answer = ({ stream }) => response(stream)
    await outcomeOf(client)
    expect(server.came('headers').map(({ flags, stream }) => [flags, stream])).toEqual([[5, 1]])
    expect(server.came('data')).toEqual([])
  })

  test('names the host that it is told to', async () => {
    const { server, client } = await connected(cleanUp)
    server.answer = ({ stream }) => response(stream)
    await outcomeOf(client, '/', ['Host', 'other.example'])
    const { head = [] } = server.asked[0] ?? {}
    expect(head[head.indexOf(':authority') + 1]).toBe('other.example')
    expect(head).not.toContain('host')
  })

  test('whose headers are long takes as many frames as it needs', async () => {
    const { server, client } = await connected(cleanUp)
    server.answer = ({ stream }) => response(stream)
    // A sign that no code makes shorter.
    const long = '\u00e9'.repeat(40_000)
    await outcomeOf(client, '/', ['X-Long', long])
    const [asked] = server.asked
    expect(asked?.head.at(-1)).toBe(long)
    expect(asked?.frames).toBeGreaterThan(2)
    const { flags } = server.came('headers')[0] ?? {}
    expect(flags).toBe(1)
    const ends = server.came('continuation').map((frame) => frame.flags)
    expect(ends).toEqual([...ends.slice(1).map(() => 0), 4])
    expect((await outcomeOf(client)).body).toBe('hello')
  })

  test('of a whole number of frames ends with the last of them', async () => {
    const { server, client } = await connected(cleanUp)
    server.answer = ({ stream }) => response(stream)
    for (let size = 16_250; size < 16_390; size++) {
      // Five bits each, so that it is one byte more each time.
      await outcomeOf(client, '/', ['a', '0'.repeat(size * 1.6)])
    }
    expect(server.asked).toHaveLength(140)
    expect(server.came('continuation').every(({ payload }) => payload.length > 0)).toBe(true)
  })

  test.each<[string, string[]]>([
    ['/a b', []],
    ['a', []],
    ['/\u0100', []],
    ['/', ['X', 'a\r\nY: b']],
    ['/', ['X', '\u0100']],
    ['/', ['X: a', 'b']],
    ['/', [':path', '/b']],
    ['/', ['', 'b']],
    ['/', ['Host', 'a\nb']],
    ['/', ['Content-Length', '5']],
    ['/', ['Transfer-Encoding', 'chunked']],
    ['/', ['Connection', 'close']],
    ['/', ['Upgrade', 'a']],
    ['/', ['TE', 'trailers']],
    ['/', ['Expect', '100-continue']],
  ])('to %j with the headers %j is refused before anything is sent', async (path, headers) => {
    const { server, client, connection } = await connected(cleanUp)
    await expect(outcomeOf(client, path, headers)).rejects.toMatchObject({
      code: 'UND_ERR_INVALID_ARG',
    })
    expect(connection.busy).toBe(false)
    server.answer = ({ stream }) => response(stream)
    await outcomeOf(client)
    expect(server.asked.map(({ stream }) => stream)).toEqual([1])
  })

  test('is told that it begins, that it is sent, and what comes', async () => {
    const { server, connection } = await connected(cleanUp)
    server.answer = ({ stream }) => response(stream)
    const reader = new Reader().ask(connection)
    await reader.ended
    expect(reader.told).toEqual(['start', 'sent', '200', 'data', 'end'])
  })
})

describe('requests', () => {
  test('of one turn of the event loop leave together', async () => {
    const { server, connection } = await connected(cleanUp)
    await expect.poll(() => server.came('settings').length).toBe(2)
    const before = server.pieces.length
    for (let index = 0; index < 50; index++) new Reader().ask(connection)
    await server.wasAsked(50)
    expect(server.pieces.slice(before)).toEqual([50])
  })

  test('may leave before the server has said anything', async () => {
    const { server, client } = await connected(cleanUp, { greeting: new Uint8Array() })
    const asked = outcomeOf(client)
    await server.wasAsked(1)
    server.send(settingsFrame(), response(1))
    expect((await asked).body).toBe('hello')
  })

  test('that wait to be read do not make it mistake the settings for a flood', async () => {
    const { server, connection, heard } = await connected(cleanUp, { greeting: new Uint8Array() })
    server.pause()
    const headers = ['authorization', `Bearer ${'\u00e9'.repeat(200_000)}`]
    const readers = Array.from({ length: 100 }, () => new Reader())
    for (const reader of readers) connection.dispatch({ path: '/', method: 'GET', headers }, reader)
    // More than the system takes: it waits in this process.
    await expect.poll(() => connection.hasRoom).toBe(false)
    server.send(settingsFrame(), settingsFrame())
    await expect.poll(() => heard).toContain('changed')
    server.answer = ({ stream }) => response(stream)
    server.resume()
    await Promise.all(readers.map(async ({ ended }) => ended))
    expect(readers.map(({ body }) => body)).toEqual(readers.map(() => 'hello'))
  })

  test('are taken again when the server has read those that wait', async () => {
    const { server, connection, heard } = await connected(cleanUp)
    await expect.poll(() => server.came('settings').length).toBe(2)
    server.pause()
    const headers = ['x', '\u00e9'.repeat(200_000)]
    while (connection.hasRoom) {
      connection.dispatch({ path: '/', method: 'GET', headers }, new Reader())
      await new Promise((resolve) => setImmediate(resolve))
    }
    const before = heard.length
    server.resume()
    await expect.poll(() => connection.hasRoom).toBe(true)
    expect(heard.slice(before)).toContain('changed')
  })
})
