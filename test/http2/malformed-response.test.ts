import { afterEach, describe, expect, test } from 'vitest'

import { outcomeOf } from '../http1/outcome.ts'
import { CleanUp } from '../testing/clean-up.ts'
import { connected } from './connected.ts'
import { dataFrame, headFrame, response } from './server-frames.ts'

const cleanUp = new CleanUp()
afterEach(() => cleanUp.run())

const ok = [':status', '200']
const ends = { ends: true }
const [protocolError, flowControlError] = [1, 3]

describe('a response ends alone, with an error,', () => {
  test.each<[string, Buffer[]]>([
    ['whose body comes before its head', [dataFrame(1, 'hello')]],
    ['that is longer than it says', [headFrame(1, length('4')), dataFrame(1, 'hello')]],
    ['that is shorter than it says', [headFrame(1, length('6')), dataFrame(1, 'hello', ends)]],
    [
      'that is shorter than it says, and has trailers',
      [headFrame(1, length('6')), dataFrame(1, 'hello'), headFrame(1, ['a', 'b'], ends)],
    ],
    ['that has no body where it says so', [headFrame(1, length('5'), ends)]],
    ['of no content that has some', [headFrame(1, [':status', '204']), dataFrame(1, 'hello')]],
    [
      'that has not changed, and has a body',
      [headFrame(1, [':status', '304', 'content-length', '5']), dataFrame(1, 'hello')],
    ],
    ['without a status', [headFrame(1, ['a', 'b'])]],
    ['without anything in its head', [headFrame(1, [])]],
    ['with two statuses', [headFrame(1, [...ok, ...ok])]],
    ['whose status is no number', [headFrame(1, [':status', '2xx'])]],
    ['whose status is too short', [headFrame(1, [':status', '20'])]],
    ['whose status is none', [headFrame(1, [':status', '600'])]],
    ['whose status stands behind a header', [headFrame(1, ['a', 'b', ...ok])]],
    ['with the path of a request', [headFrame(1, [...ok, ':path', '/'])]],
    ['that ends before it is one', [headFrame(1, [':status', '103'], ends)]],
    ['that has a body before it is one', [headFrame(1, [':status', '103']), dataFrame(1, 'a')]],
    ['that switches protocols', [headFrame(1, [':status', '101'])]],
    ['with a name in capitals', [headFrame(1, [...ok, 'X-A', 'b'])]],
    ['with a name that is empty', [headFrame(1, [...ok, '', 'b'])]],
    ['with a space in a name', [headFrame(1, [...ok, 'a b', 'c'])]],
    ['with a line end in a value', [headFrame(1, [...ok, 'a', 'b\r\nc: d'])]],
    ['with a zero in a value', [headFrame(1, [...ok, 'a', 'b\u0000'])]],
    ['with a space before a value', [headFrame(1, [...ok, 'a', ' b'])]],
    ['with a tab behind a value', [headFrame(1, [...ok, 'a', 'b\t'])]],
    ['with a value of one space', [headFrame(1, [...ok, 'a', ' '])]],
    ...['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade'].map(
      (name): [string, Buffer[]] => [
        `with the header ${name}`,
        [headFrame(1, [...ok, name, 'close'])],
      ],
    ),
    ['with two lengths', [headFrame(1, [...length('5'), 'content-length', '6'])]],
    ['whose length is none', [headFrame(1, length('-1'))]],
    ['whose length is empty', [headFrame(1, length(''))]],
    ['with a second head', [headFrame(1, ok), headFrame(1, ok)]],
    ['with a status in its trailers', [headFrame(1, ok), headFrame(1, ok, ends)]],
    [
      'with a name in capitals in its trailers',
      [headFrame(1, ok), headFrame(1, ['X-A', 'b'], ends)],
    ],
  ])('%s', async (_, said) => {
    const { server, client, connection } = await connected(cleanUp)
    const asked = [outcomeOf(client), outcomeOf(client)]
    await server.wasAsked(2)
    server.send(...said)
    const { error } = (await asked[0]) ?? {}
    expect(error?.message).toMatch(/^malformed HTTP\/2 response: /u)
    await expect.poll(() => server.codes('resetStream', 1)).toEqual([protocolError])
    server.send(response(3))
    expect(await asked[1]).toMatchObject({ body: 'hello' })
    expect([connection.busy, connection.hasRoom, server.left]).toEqual([false, true, false])
  })

  test('of which more bytes come than its window takes', async () => {
    const { server, connection, client } = await connected(cleanUp)
    const told = new Promise<Error>((resolve) => {
      connection.dispatch(
        { path: '/', method: 'GET' },
        {
          onRequestStart: () => undefined,
          onResponseStart: (controller) => controller.pause(),
          onResponseError: (_, error) => resolve(error),
        },
      )
    })
    await server.wasAsked(1)
    const part = dataFrame(1, Buffer.alloc(2 ** 14))
    server.send(headFrame(1, ok), ...Array.from({ length: 16 }, () => part))
    server.answer = ({ stream }) => response(stream)
    expect(await outcomeOf(client)).toMatchObject({ body: 'hello' })
    expect(server.codes('resetStream', 1)).toEqual([])
    server.send(dataFrame(1, 'x'))
    expect((await told).message).toContain('more bytes than were allowed')
    await expect.poll(() => server.codes('resetStream', 1)).toEqual([flowControlError])
    expect(await outcomeOf(client)).toMatchObject({ body: 'hello' })
  })
})

function length(value: string): string[] {
  return [...ok, 'content-length', value]
}
