import { once } from 'node:events'

import fc from 'fast-check'
import { buildConnector, Client } from 'undici'
import { afterEach, describe, expect, test } from 'vitest'

import { GetClient } from '../../src/http1/get-client.ts'
import { createFakeClock } from '../../src/testing/fake-clock.ts'
import { CleanUp } from '../testing/clean-up.ts'
import { cut } from './cut.ts'
import { outcomeOf } from './outcome.ts'
import { separateServer } from './separate-server.ts'
import { inPieces, ScriptedServer, type Script } from './scripted-server.ts'

const whole = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello'
const largestHead = 16 * 1024
const idleMs = 60_000

const cleanUp = new CleanUp()
afterEach(() => cleanUp.run())

async function start(script: Script) {
  const server = await new ScriptedServer(script).listen()
  cleanUp.defer(() => server[Symbol.asyncDispose]())
  const clock = createFakeClock()
  const connect = buildConnector({})
  const client = new GetClient({ origin: server.origin, connect, idleMs, largestHead, clock })
  cleanUp.defer(() => client.destroy(new Error('the test is over')))
  const events: string[] = []
  for (const event of ['connect', 'disconnect', 'connectionError', 'drain'] as const) {
    client.on(event, () => events.push(event))
  }
  return { server, client, clock, events }
}

describe('a response', () => {
  test.each<[string, string[], 'keep' | 'close', string]>([
    ['of known length', [whole], 'keep', 'hello'],
    ['that comes byte by byte', whole.split(''), 'keep', 'hello'],
    ['without a body', ['HTTP/1.1 204 No Content\r\n\r\n'], 'keep', ''],
    ['that has not changed', ['HTTP/1.1 304 Not Modified\r\nETag: "a"\r\n\r\n'], 'keep', ''],
    ['with an empty body', ['HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'], 'keep', ''],
    [
      'in chunks',
      [
        'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel',
        '\r\n2\r\nlo\r\n',
        '0\r\n\r\n',
      ],
      'keep',
      'hello',
    ],
    ['that ends with its connection', ['HTTP/1.1 200 OK\r\n\r\nhel', 'lo'], 'close', 'hello'],
    [
      'after 100 and 103',
      ['HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 E\r\n\r\n', whole],
      'keep',
      'hello',
    ],
    [
      'with an empty header',
      [`HTTP/1.1 200 OK\r\nX-Empty:\r\nContent-Length: 5\r\n\r\nhello`],
      'keep',
      'hello',
    ],
  ])('%s is told as it came', async (_, pieces, end, body) => {
    const { client } = await start(inPieces(pieces, end))
    const outcome = await outcomeOf(client)
    expect(outcome.error).toBeUndefined()
    expect(outcome.body).toBe(body)
  })

  test.each<[string, string[], 'keep' | 'close']>([
    ['that is cut short', ['HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello'], 'close'],
    ['that is cut within its head', ['HTTP/1.1 200 OK\r\nConte'], 'close'],
    [
      'that is cut within a chunk',
      ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe'],
      'close',
    ],
    ['that never comes', [], 'close'],
    ['that is no HTTP', ['SSH-2.0-OpenSSH\r\n'], 'keep'],
    [
      'with two lengths',
      ['HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
      'keep',
    ],
    [
      'with a length and chunks',
      ['HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
      'keep',
    ],
    [
      'with more headers than allowed',
      [`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(largestHead)}\r\n\r\n`],
      'keep',
    ],
    [
      'that switches protocols unasked',
      ['HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: a\r\n\r\n'],
      'keep',
    ],
  ])('%s is an error, and its connection is closed', async (_, pieces, end) => {
    const { client, server, events } = await start(inPieces(pieces, end))
    const { error } = await outcomeOf(client)
    expect(error).toBeInstanceOf(Error)
    await expect.poll(() => server.open).toBe(0)
    expect(events).toEqual(['connect', 'disconnect', 'drain'])
  })
})

describe('a connection', () => {
  const twice = async (pieces: string[], end?: 'close') => {
    const { client, server } = await start(inPieces(pieces, end))
    const drained = once(client, 'drain')
    const first = await outcomeOf(client)
    await drained
    const second = await outcomeOf(client)
    return { first, second, connections: server.connections }
  }

  test('carries one request after the other', async () => {
    const { second, connections } = await twice([whole])
    expect(second.body).toBe('hello')
    expect(connections).toBe(1)
  })

  test.each<[string, string[], 'close'?]>([
    [
      'says that it closes',
      ['HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello'],
    ],
    ['closes after its answer', ['HTTP/1.1 200 OK\r\n\r\nhello'], 'close'],
    ['says more than was asked', [`${whole}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil`]],
    ['announces a body with a 304', ['HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n']],
  ])('is not used again when the server %s', async (_, pieces, end) => {
    const { first, second, connections } = await twice(pieces, end)
    expect(second).toEqual(first)
    expect(connections).toBe(2)
  })

  test('that gets bytes nobody asked for is closed, and they answer no request', async () => {
    const { client, server, events } = await start(inPieces([whole]))
    await outcomeOf(client)
    await expect.poll(() => events).toContain('drain')
    server.say('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil')
    await expect.poll(() => events).toContain('disconnect')
    expect((await outcomeOf(client)).body).toBe('hello')
    expect(server.connections).toBe(2)
  })

  test('is looked at before it is written to again, however busy the process was', async () => {
    const evil = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil'
    const child = await separateServer(whole, evil)
    const clock = createFakeClock()
    const connect = buildConnector({})
    const client = new GetClient({ origin: child.origin, connect, idleMs, largestHead, clock })
    cleanUp.defer(() => child.stop())
    cleanUp.defer(() => client.destroy(new Error('the test is over')))
    const drained = once(client, 'drain')
    expect((await outcomeOf(client)).body).toBe('hello')
    await drained
    // The bytes arrive while the event loop cannot look at them.
    child.sayUnasked()
    const { error, body } = await outcomeOf(client)
    expect([error?.message, body]).toEqual(['bytes that nobody asked for', ''])
  })

  test('that nobody uses is closed after its time', async () => {
    const { client, server, clock } = await start(inPieces([whole]))
    await outcomeOf(client)
    await expect.poll(() => client.stats.size).toBe(0)
    clock.advance(idleMs / 2)
    await outcomeOf(client)
    await expect.poll(() => client.stats.size).toBe(0)
    clock.advance(idleMs - 1)
    expect(server.open).toBe(1)
    clock.advance(1)
    await expect.poll(() => server.open).toBe(0)
  })

  test('is closed a second before the server would close it', async () => {
    const head = 'HTTP/1.1 200 OK\r\nKeep-Alive: max=5, timeout=5\r\nContent-Length: 5\r\n\r\n'
    const { client, server, clock } = await start(inPieces([`${head}hello`]))
    await outcomeOf(client)
    await expect.poll(() => client.stats.size).toBe(0)
    clock.advance(3999)
    expect((await outcomeOf(client)).body).toBe('hello')
    expect(server.connections).toBe(1)
    await expect.poll(() => client.stats.size).toBe(0)
    clock.advance(4000)
    await expect.poll(() => server.open).toBe(0)
  })

  test('cannot be made where nobody listens, which the request is told', async () => {
    const { client, server, events } = await start(inPieces([whole]))
    await server[Symbol.asyncDispose]()
    expect(await outcomeOf(client)).toMatchObject({ error: { code: 'ECONNREFUSED' } })
    expect(events).toEqual(['connectionError'])
  })
})

describe('a request', () => {
  test('is written with its path, its host and its headers', async () => {
    const { client, server } = await start(inPieces([whole]))
    await outcomeOf(client, '/api?a=b', ['Accept', 'text/plain', 'Content-Length', '0'])
    const { host } = new URL(server.origin)
    expect(server.requests).toEqual([
      `GET /api?a=b HTTP/1.1\r\nhost: ${host}\r\nconnection: keep-alive\r\nAccept: text/plain\r\n\r\n`,
    ])
  })

  test('names the host that it is told to', async () => {
    const { client, server } = await start(inPieces([whole]))
    await outcomeOf(client, '/', ['Host', 'other.example'])
    expect(server.requests[0]).toContain('\r\nhost: other.example\r\n')
  })

  test.each<[string, string[]]>([
    ['/a b', []],
    ['/a\r\nX: y', []],
    ['a', []],
    ['/\u0100', []],
    ['/', ['X', 'a\r\nY: b']],
    ['/', ['X', 'a\nb']],
    ['/', ['X', 'a\u0000b']],
    ['/', ['X: a\r\nY', 'b']],
    ['/', ['', 'b']],
    ['/', ['Content-Length', '5']],
    ['/', ['Transfer-Encoding', 'chunked']],
    ['/', ['Connection', 'close']],
    ['/', ['Upgrade', 'a']],
  ])('to %j with the headers %j is refused before anything is sent', async (path, headers) => {
    const { client, server } = await start(inPieces([whole]))
    await expect(outcomeOf(client, path, headers)).rejects.toMatchObject({
      code: 'UND_ERR_INVALID_ARG',
    })
    expect(client.stats.size).toBe(0)
    expect(server.connections).toBe(0)
  })

  test('that is aborted before it is sent costs its connection, on which nothing was asked', async () => {
    const { client, server, events } = await start(inPieces([whole]))
    const reason = new Error('enough')
    const error = await new Promise<Error>((resolve) => {
      client.dispatch(
        { path: '/', method: 'GET' },
        {
          onRequestStart: (controller) => controller.abort(reason),
          onResponseError: (_, told) => resolve(told),
        },
      )
    })
    expect(error).toBe(reason)
    await expect.poll(() => events).toEqual(['connect', 'disconnect', 'drain'])
    await expect.poll(() => server.open).toBe(0)
    expect((await outcomeOf(client)).body).toBe('hello')
    expect(server.requests).toHaveLength(1)
  })

  test('that closes its client before it is sent ends with it', async () => {
    const { client } = await start(inPieces([whole]))
    const error = await new Promise<Error>((resolve) => {
      client.dispatch(
        { path: '/', method: 'GET' },
        {
          onRequestStart: () => void client.destroy(new Error('closed for good')),
          onResponseError: (_, told) => resolve(told),
        },
      )
    })
    expect(error).toBeInstanceOf(Error)
    expect(client.destroyed).toBe(true)
  })

  test.each(['onResponseStart', 'onResponseData'] as const)(
    'that is aborted in %s hears of it once, and its connection is closed',
    async (moment) => {
      const { client, server, events } = await start(inPieces([whole.slice(0, -1), 'o']))
      const told: unknown[] = []
      await new Promise<void>((resolve) => {
        client.dispatch(
          { path: '/', method: 'GET' },
          {
            onRequestStart: () => undefined,
            onResponseStart: () => undefined,
            onResponseData: () => undefined,
            onResponseEnd: () => told.push('end'),
            onResponseError: (_, error) => {
              told.push(error.message)
              resolve()
            },
            [moment]: (controller: { abort(reason: Error): void }) =>
              controller.abort(new Error('enough')),
          },
        )
      })
      await expect.poll(() => server.open).toBe(0)
      expect(told).toEqual(['enough'])
      expect(events).toEqual(['connect', 'disconnect', 'drain'])
    },
  )

  test('whose handler throws ends with what it threw', async () => {
    const { client, server } = await start(inPieces([whole]))
    const error = await new Promise<Error>((resolve) => {
      client.dispatch(
        { path: '/', method: 'GET' },
        {
          onRequestStart: () => undefined,
          onResponseStart: () => {
            throw new Error('a fault of the handler')
          },
          onResponseError: (_, told) => resolve(told),
        },
      )
    })
    expect(error.message).toBe('a fault of the handler')
    await expect.poll(() => server.open).toBe(0)
  })

  test('is read no faster than its handler allows', async () => {
    const size = 8 * 2 ** 20
    const { client, server } = await start((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`)
      socket.write(Buffer.alloc(size, 'x'))
    })
    let received = 0
    let resume: (() => void) | undefined
    const ended = new Promise<void>((resolve, reject) => {
      client.dispatch(
        { path: '/', method: 'GET' },
        {
          onRequestStart: () => undefined,
          onResponseStart: (controller) => {
            controller.pause()
            resume = () => controller.resume()
          },
          onResponseData: (_, chunk) => {
            received += chunk.length
          },
          onResponseEnd: () => resolve(),
          onResponseError: (_, error) => reject(error),
        },
      )
    })
    await expect.poll(() => resume).toBeDefined()
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve))
    expect(received).toBeLessThan(size / 8)
    expect(server.open).toBe(1)
    resume?.()
    await ended
    expect(received).toBe(size)
  })
})

describe('when it is closed', () => {
  test('a request that is being answered is, and no connection is left', async () => {
    const { client, server } = await start(inPieces([whole.slice(0, -2), whole.slice(-2)]))
    const asked = outcomeOf(client)
    await once(client, 'connect')
    await client.close()
    expect((await asked).body).toBe('hello')
    await expect.poll(() => server.open).toBe(0)
    expect(client.destroyed).toBe(true)
  })

  test.each(['while it connects', 'while it waits for its answer'])(
    'for good, a request ends with the error, %s',
    async (moment) => {
      const { client, server } = await start(() => undefined)
      const asked = outcomeOf(client)
      const sent = moment === 'while it connects' ? 0 : 1
      await expect.poll(() => server.requests.length).toBeGreaterThanOrEqual(sent)
      const error = new Error('closed for good')
      await client.destroy(error)
      expect((await asked).error).toBe(error)
      await expect.poll(() => server.open).toBe(0)
    },
  )
})

test('tells what undici tells, whatever comes and however it is cut into pieces', async () => {
  const name = fc.constantFrom(
    'X-A',
    'content-length',
    'Transfer-Encoding',
    'Connection',
    'ETag',
    '',
  )
  const value = fc.constantFrom(
    '5',
    '0',
    'chunked',
    'close',
    'keep-alive',
    'a b',
    '',
    '\u00e9',
    '-1',
  )
  const field = fc.tuple(name, value).map(([n, v]) => `${n}: ${v}\r\n`)
  const status = fc.constantFrom(
    '200 OK',
    '204 No Content',
    '304 Not Modified',
    '404 N',
    '099 X',
    '200',
  )
  const head = fc
    .tuple(status, fc.array(field, { maxLength: 3 }))
    .map(([line, fields]) => `HTTP/1.1 ${line}\r\n${fields.join('')}\r\n`)
  const body = fc.constantFrom(
    'hello',
    '',
    '5\r\nhello\r\n0\r\n\r\n',
    '5\r\nhel',
    'hello!',
    '0\r\nT: a\r\n\r\n',
  )
  const early = fc.constantFrom('', '', '', 'HTTP/1.1 103 Early Hints\r\nX-A: a\r\n\r\n')
  const cuts = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 3 })
  let whole200s = 0
  await fc.assert(
    fc.asyncProperty(early, head, body, cuts, async (first, second, third, places) => {
      const text = first + second + third
      const script = inPieces(cut(text, places), 'close')
      await using server = await new ScriptedServer(script).listen()
      const { origin } = server
      const connect = buildConnector({})
      const clock = createFakeClock()
      const ours = new GetClient({ origin, connect, idleMs, largestHead, clock })
      const theirs = new Client(origin)
      const [our, their] = await Promise.all([outcomeOf(ours), outcomeOf(theirs)])
      await Promise.all([ours.destroy(new Error('over')), theirs.destroy()])
      expect(shown(our)).toEqual(shown(their))
      if (our.statusCode === 200 && our.error === undefined) whole200s++
    }),
    { numRuns: 300 },
  )
  expect(whole200s).toBeGreaterThan(20)
})

/** An outcome as far as both say the same: the words of an error differ, that there is one may not. */
function shown({ statusCode, headers, body, error }: Awaited<ReturnType<typeof outcomeOf>>) {
  if (error !== undefined) return 'an error'
  return { statusCode, headers, body }
}
