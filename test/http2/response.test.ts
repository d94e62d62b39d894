import { afterEach, describe, expect, test } from 'vitest'

import { outcomeOf } from '../http1/outcome.ts'
import { CleanUp } from '../testing/clean-up.ts'
import { connected } from './connected.ts'
import {
  blockFrame,
  dataFrame,
  headerBlock,
  headFrame,
  response,
  restFrame,
} from './server-frames.ts'

const cleanUp = new CleanUp()
afterEach(() => cleanUp.run())

const ok = [':status', '200']
const ends = { ends: true }

describe('a response', () => {
  const block = headerBlock([...ok, 'a', 'b'])
  test.each<[string, Buffer[], string]>([
    ['of known length', [response(1)], 'hello'],
    ['of unknown length', [headFrame(1, ok), dataFrame(1, 'hello', ends)], 'hello'],
    [
      'whose end comes alone',
      [headFrame(1, ok), dataFrame(1, 'hello'), dataFrame(1, '', ends)],
      'hello',
    ],
    [
      'of known length whose end comes alone',
      [headFrame(1, [...ok, 'content-length', '5']), dataFrame(1, 'hello'), dataFrame(1, '', ends)],
      'hello',
    ],
    ['without a body', [headFrame(1, ok, ends)], ''],
    ['with an empty body', [headFrame(1, [...ok, 'content-length', '0'], ends)], ''],
    ['with its length twice', [headFrame(1, [...ok, ...lengths('0', '0')], ends)], ''],
    ['of no content', [headFrame(1, [':status', '204'], ends)], ''],
    [
      'of no content whose end comes alone',
      [headFrame(1, [':status', '204']), dataFrame(1, '', ends)],
      '',
    ],
    [
      'that has not changed, and says how long it is',
      [headFrame(1, [':status', '304', 'content-length', '5'], ends)],
      '',
    ],
    [
      'after 100 and 103',
      [
        headFrame(1, [':status', '100']),
        headFrame(1, [':status', '103', 'link', '</a>', 'content-length', '9']),
        response(1),
      ],
      'hello',
    ],
    [
      'with padding',
      [
        headFrame(1, [...ok, 'content-length', '5'], { padding: 9 }),
        dataFrame(1, 'hel', { padding: 255 }),
        dataFrame(1, '', { padding: 0 }),
        dataFrame(1, 'lo', { padding: 1, ends: true }),
      ],
      'hello',
    ],
    [
      'with a priority',
      [headFrame(1, ok, { priority: true, padding: 3 }), dataFrame(1, 'hello', ends)],
      'hello',
    ],
    [
      'whose headers are spread over frames',
      [
        blockFrame(1, block.subarray(0, 3), { goesOn: true, padding: 2 }),
        restFrame(1, block.subarray(3, 3), { goesOn: true }),
        restFrame(1, block.subarray(3, 7), { goesOn: true }),
        restFrame(1, block.subarray(7)),
        dataFrame(1, 'hello', ends),
      ],
      'hello',
    ],
    [
      'that ends with headers which are spread over frames',
      [
        blockFrame(1, block.subarray(0, 3), { goesOn: true, ends: true }),
        restFrame(1, block.subarray(3)),
      ],
      '',
    ],
    [
      'amid frames that mean nothing',
      [
        unknownFrame(0),
        headFrame(1, ok),
        unknownFrame(1),
        dataFrame(1, 'hello', ends),
        unknownFrame(7),
      ],
      'hello',
    ],
  ])('%s is told as it came', async (_, parts, body) => {
    const { server, client, connection } = await connected(cleanUp)
    server.answer = () => Buffer.concat(parts)
    const outcome = await outcomeOf(client)
    expect(outcome.error).toBeUndefined()
    expect(outcome.body).toBe(body)
    expect(outcome.trailers).toEqual({})
    expect(connection.busy).toBe(false)
    server.answer = ({ stream }) => response(stream)
    expect((await outcomeOf(client)).body).toBe('hello')
  })

  test('has its status, its headers and its trailers', async () => {
    const { server, client } = await connected(cleanUp)
    const fields = ['set-cookie', 'a', 'set-cookie', 'b', 'x-latin', '\u00e9', 'x-empty', '']
    server.answer = () =>
      Buffer.concat([
        headFrame(1, [':status', '404', ...fields]),
        dataFrame(1, 'hello'),
        headFrame(1, ['x-sum', '1', 'x-sum', '2'], ends),
      ])
    expect(await outcomeOf(client)).toEqual({
      statusCode: 404,
      headers: fields,
      body: 'hello',
      trailers: { 'x-sum': ['1', '2'] },
    })
  })

  test('may have trailers and no body', async () => {
    const { server, client } = await connected(cleanUp)
    server.answer = () => Buffer.concat([headFrame(1, ok), headFrame(1, ['a', 'b'], ends)])
    expect(await outcomeOf(client)).toMatchObject({ body: '', trailers: { a: 'b' } })
  })

  test('is read when it comes byte by byte', async () => {
    const { server, client } = await connected(cleanUp)
    const asked = outcomeOf(client)
    await server.wasAsked(1)
    for (const byte of Buffer.concat([headFrame(1, [':status', '103']), response(1)])) {
      server.send(Buffer.from([byte]))
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect((await asked).body).toBe('hello')
  })

  test('may come in frames that take turns with those of many others', async () => {
    const { server, client } = await connected(cleanUp)
    const places = Array.from({ length: 50 }, (_, place) => place)
    const asked = places.map(async (place) => outcomeOf(client, `/${place}`))
    await server.wasAsked(50)
    const streams = server.asked.map(({ stream }) => stream)
    server.send(...streams.toReversed().map((stream) => headFrame(stream, ok)))
    server.send(...streams.map((stream) => dataFrame(stream, `<${stream}`)))
    server.send(...streams.toReversed().map((stream) => dataFrame(stream, '>', ends)))
    const bodies = (await Promise.all(asked)).map(({ body }) => body)
    expect(bodies).toEqual(streams.map((stream) => `<${stream}>`))
    expect(streams).toEqual(places.map((place) => place * 2 + 1))
  })

  test('may come before the server has taken the settings', async () => {
    const { server, client } = await connected(cleanUp)
    server.answer = ({ stream }) => response(stream)
    const all = await Promise.all(Array.from({ length: 20 }, async () => outcomeOf(client)))
    expect(all.map(({ body }) => body)).toEqual(Array.from({ length: 20 }, () => 'hello'))
  })
})

function lengths(...values: readonly string[]): string[] {
  return values.flatMap((value) => ['content-length', value])
}

/** Of a type that nobody knows. */
function unknownFrame(stream: number): Buffer {
  const bytes = dataFrame(stream, 'anything', { ends: true })
  bytes[3] = 0xfa
  return bytes
}
