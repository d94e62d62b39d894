import { createHash } from 'node:crypto'

import { fetch } from 'undici'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import type { Renewer } from '../../src/credential/renewer.ts'
import { subscribe, type KubecredEvents } from '../../src/events/channels.ts'
import { startApiServer, type FakeApiServer } from '../../src/testing/api-server.ts'
import { createFakeClock, type FakeClock } from '../../src/testing/fake-clock.ts'
import { HttpsCluster } from '../../src/transport/https-cluster.ts'
import { UndiciCluster } from '../../src/transport/undici-cluster.ts'
import {
  eventually,
  sourceOf,
  stacks,
  streamed,
  targetOf,
  text,
  tokensOf,
  type TestBody,
  type TestCluster,
  type TestRequest,
  type TestWiring,
} from './stacks.ts'

type Retry = KubecredEvents['kubecred:transport:retry']

const busy = (retryAfter: string, statusCode = 429) => ({
  statusCode,
  headers: { 'retry-after': retryAfter },
  body: 'busy',
})
const sha256 = (data: string): string => createHash('sha256').update(data).digest('hex')
const failureOf = (answer: Promise<unknown>): Promise<unknown> =>
  answer.then(
    () => undefined,
    (error: unknown) => error,
  )
const turns = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 30))

let retries: Retry[]
let unsubscribe: () => void

beforeEach(() => {
  retries = []
  unsubscribe = subscribe('kubecred:transport:retry', (event) => retries.push(event))
})

afterEach(() => {
  unsubscribe()
})

describe.each(stacks)('$name', ({ open, http2 }) => {
  let server: FakeApiServer
  let clock: FakeClock

  beforeEach(async () => {
    server = await startApiServer({ http2 })
    clock = createFakeClock()
  })

  afterEach(async () => {
    await eventually(() => server.openConnections === 0, 'all connections are closed')
    await server.close()
  })

  const connect = (options: TestWiring['options'] = {}): TestCluster =>
    open({
      server: targetOf(server),
      source: sourceOf(tokensOf(server), { cooldown: { firstMs: 5, maxMs: 5 }, clock }),
      options: { clock, ...options },
    })

  const statuses = (): unknown[] => server.requests.map(({ statusCode }) => statusCode)

  /** Sends, and reads what comes to its end. */
  const ask = async (cluster: TestCluster, request?: TestRequest, path = '/version') => {
    const { statusCode, body } = await cluster.send(path, request)
    return { statusCode, body: await text(body) }
  }

  /** Lets the time pass that the retry before the request `number` waits for. */
  const pass = async (ms: number, number: number): Promise<void> => {
    await eventually(() => retries.length === number - 1, `retry ${number - 1} is announced`)
    await turns()
    clock.advance(ms - 1)
    await turns()
    expect(server.requests).toHaveLength(number - 1)
    clock.advance(1)
    await eventually(() => server.requests.length === number, `request ${number} is sent`)
  }

  test('sends again what the server is too busy for, on connections that stay open', async () => {
    await using cluster = connect()
    server.respondOnce(busy('0'))
    server.respondOnce(busy('0', 503))
    server.respondOnce(busy('-1', 500))
    expect(await ask(cluster)).toMatchObject({ statusCode: 200 })
    expect(statuses()).toEqual([429, 503, 500, 200])
    // The pool of HTTP/1.1 takes the second while the first is not quite free again.
    expect(server.connectionsOpened).toBeLessThanOrEqual(2)
    expect(clock.heldTimers).toBe(0)
  })

  test('waits as long as the server asks for, and tells what it waits for', async () => {
    await using cluster = connect()
    server.respondOnce(busy('5'))
    server.respondOnce(busy('32', 503))
    const answer = ask(cluster)
    await pass(5000, 2)
    await pass(32_000, 3)
    expect(await answer).toMatchObject({ statusCode: 200 })
    const same = { server: server.url, method: 'GET', errorCode: undefined }
    expect(retries).toEqual([
      { ...same, attempt: 1, waitMs: 5000, statusCode: 429 },
      { ...same, attempt: 2, waitMs: 32_000, statusCode: 503 },
    ])
    expect(clock.heldTimers).toBe(0)
  })

  test('waits no longer though the clock is set back while the answer still comes', async () => {
    await using cluster = connect()
    const rest = Promise.withResolvers<void>()
    const forget = server.intercept((request, respond) => {
      if (request.path !== '/version') return false
      const out = respond.begin({ statusCode: 429, headers: { 'retry-after': '2' } })
      void rest.promise.then(() => out.end('busy'))
      return true
    })
    const waits: number[] = []
    const after = clock.after.bind(clock)
    clock.after = (ms, then) => {
      waits.push(ms)
      return after(ms, then)
    }
    const answer = cluster.send('/version')
    await eventually(() => retries.length === 1, 'retry 1 is announced')
    clock.set(clock.now() - 3_600_000)
    rest.resolve()
    forget()
    await eventually(() => waits.includes(2000), 'the answer has ended, and the wait begun')
    clock.advance(2000)
    expect((await answer).statusCode).toBe(200)
    await text((await answer).body)
    expect(statuses()).toEqual([429, 200])
  })

  test('passes the eleventh answer on, whole', async () => {
    await using cluster = connect()
    for (let count = 0; count < 12; count++) server.respondOnce(busy('0'))
    expect(await ask(cluster)).toEqual({ statusCode: 429, body: 'busy' })
    expect(server.requests).toHaveLength(11)
  })

  test.each(['', 'soon', '61', 'Wed, 21 Oct 2065 07:28:00 GMT'])(
    'passes on what says Retry-After: %j',
    async (retryAfter) => {
      await using cluster = connect()
      server.respondOnce(busy(retryAfter))
      expect(await ask(cluster)).toEqual({ statusCode: 429, body: 'busy' })
      expect(server.requests).toHaveLength(1)
    },
  )

  const bodies: readonly (readonly [string, () => TestBody])[] = [
    ['a text', () => 'hello, world'],
    ['bytes', () => Buffer.from('hello, world')],
    ['a stream', () => streamed('hello', ', ', 'world')],
  ]

  test.each(bodies)('sends %s again, byte by byte', async (_name, body) => {
    await using cluster = connect()
    answerAfterBody(server, 2)
    const answer = await ask(cluster, { method: 'POST', body: body() }, '/echo')
    expect(answer.statusCode).toBe(200)
    expect(statuses()).toEqual([429, 429, 200])
    const sent = server.requests.map(({ bodySha256 }) => bodySha256)
    expect(new Set(sent)).toEqual(new Set([sha256('hello, world')]))
  })

  test('passes on the answer to a stream that is longer than what is recorded', async () => {
    await using cluster = connect({ replayBufferBytes: 10 })
    answerAfterBody(server, 1)
    const request = { method: 'POST', body: streamed('hello', ', ', 'world') }
    expect(await ask(cluster, request, '/echo')).toEqual({ statusCode: 429, body: 'busy' })
    expect(server.requests).toHaveLength(1)
  })

  test('passes on the answer to a stream that has not come to its end', async () => {
    await using cluster = connect()
    server.respondOnce(busy('0'))
    const gate = Promise.withResolvers<void>()
    async function* slow(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('hello')
      await gate.promise
    }
    const answer = await ask(cluster, { method: 'POST', body: slow() }, '/echo')
    gate.resolve()
    expect(answer).toEqual({ statusCode: 429, body: 'busy' })
    expect(server.requests).toHaveLength(1)
  })

  test.each(['reset', 'end'] as const)(
    'sends a GET again a second after its connection was lost: %s',
    async (how) => {
      await using cluster = connect()
      let left = 2
      server.intercept((_request, respond) => {
        if (left-- <= 0) return false
        respond.dropConnection(how)
        return true
      })
      const answer = ask(cluster)
      await pass(1000, 2)
      await pass(1000, 3)
      expect(await answer).toMatchObject({ statusCode: 200 })
      expect(retries).toMatchObject([{ statusCode: undefined }, { statusCode: undefined }])
      expect(retries[0]?.errorCode).toMatch(/^(?:ECONNRESET|UND_ERR_SOCKET)$/u)
    },
  )

  test('sends nothing but a GET again when its connection was lost', async () => {
    await using cluster = connect()
    server.intercept((_request, respond) => {
      respond.dropConnection('reset')
      return true
    })
    for (const method of ['HEAD', 'POST', 'DELETE']) {
      server.clearRequests()
      await expect(cluster.send('/echo', { method })).rejects.toThrow(Error)
      expect(server.requests.length).toBe(1)
    }
    expect(retries).toEqual([])
  })

  test('gives the failure of the last attempt, after as many as were asked for', async () => {
    await using cluster = connect({ retries: { max: 1 } })
    server.intercept((_request, respond) => {
      respond.dropConnection('reset')
      return true
    })
    const failed = failureOf(ask(cluster))
    await pass(1000, 2)
    expect(String(await failed)).toMatch(/closed|ECONNRESET/u)
    expect(server.requests).toHaveLength(2)
  })

  test('does not send again what broke off after its head', async () => {
    await using cluster = connect()
    server.intercept((_request, respond) => {
      respond.begin({ statusCode: 200 }).write('half', () => respond.dropConnection('reset'))
      return true
    })
    const { statusCode, body } = await cluster.send('/version')
    expect(statusCode).toBe(200)
    await expect(text(body)).rejects.toThrow(Error)
    expect(server.requests).toHaveLength(1)
  })

  test('ends at once when its caller aborts while it waits', async () => {
    await using cluster = connect()
    server.respondOnce(busy('30'))
    const stop = new AbortController()
    const answer = ask(cluster, { signal: stop.signal })
    const failed = failureOf(answer)
    await eventually(() => retries.length === 1, 'it waits')
    await turns()
    expect(clock.heldTimers).toBe(1)
    const enough = new Error('enough')
    stop.abort(enough)
    expect(await failed).toBe(enough)
    expect(clock.heldTimers).toBe(0)
    expect(server.requests).toHaveLength(1)
  })

  test('ends with ERR_CLOSED when the cluster is closed while it waits', async () => {
    const cluster = connect()
    server.respondOnce(busy('30'))
    const failed = failureOf(ask(cluster))
    await eventually(() => retries.length === 1, 'it waits')
    await turns()
    await cluster.close()
    expect(await failed).toMatchObject({ code: 'ERR_CLOSED' })
    expect(clock.heldTimers).toBe(0)
    expect(server.requests).toHaveLength(1)
  })

  test('ends with ERR_CLOSED when the cluster is closed while the answer still comes', async () => {
    const cluster = connect()
    server.intercept((_request, respond) => {
      respond.begin(busy('30')).write('bu')
      return true
    })
    const failed = failureOf(ask(cluster))
    await eventually(() => retries.length === 1, 'the head has come')
    await cluster.close()
    expect(await failed).toMatchObject({ code: 'ERR_CLOSED' })
    expect(clock.heldTimers).toBe(0)
  })

  test('gives the connection of an answer up that is long', async () => {
    await using cluster = connect()
    let left = 1
    server.intercept((_request, respond) => {
      if (left-- <= 0) return false
      respond.endless(busy('0'))
      return true
    })
    expect(await ask(cluster)).toMatchObject({ statusCode: 200 })
    expect(server.requests).toHaveLength(2)
  })

  test('waits a second for the end of an answer, and gives its connection up', async () => {
    await using cluster = connect()
    let left = 1
    server.intercept((_request, respond) => {
      if (left-- <= 0) return false
      respond.begin(busy('0')).write('bu')
      return true
    })
    const answer = ask(cluster)
    await pass(1000, 2)
    expect(await answer).toMatchObject({ statusCode: 200 })
  })

  test('heals a 401 between two retries, and retries after a healed 401', async () => {
    const heals: unknown[] = []
    const end = subscribe('kubecred:transport:replay', (event) => heals.push(event))
    await using cluster = connect()
    await ask(cluster)
    server.clearRequests()
    server.respondOnce(busy('0'))
    server.respondOnce({ statusCode: 401 })
    server.respondOnce(busy('0', 503))
    const answer = await ask(
      cluster,
      { method: 'POST', body: streamed('hello', ', ', 'world') },
      '/echo',
    )
    end()
    expect(answer.statusCode).toBe(200)
    expect(statuses()).toEqual([429, 401, 503, 200])
    expect(server.requests.at(-1)?.bodySha256).toBe(sha256('hello, world'))
    expect(retries.map(({ attempt }) => attempt)).toEqual([1, 2])
    expect(heals).toHaveLength(1)
  })

  test('leaves it to its caller, where the cluster or the request says so', async () => {
    await using never = connect({ retries: false })
    await using once = connect({ retries: { max: 1 } })
    server.intercept((_request, respond) => {
      respond.reply(busy('0'))
      return true
    })
    const count = async (cluster: TestCluster, request?: TestRequest): Promise<number> => {
      server.clearRequests()
      await ask(cluster, request)
      return server.requests.length
    }
    expect(await count(never)).toBe(1)
    expect(await count(never, { retries: { max: 2 } })).toBe(3)
    expect(await count(once)).toBe(2)
    expect(await count(once, { retries: false })).toBe(1)
    expect(await count(once, { retries: {} })).toBe(2)
  })
})

describe('HttpsCluster', () => {
  test('tells both failures when the last one is another than that before', async () => {
    const server = await startApiServer()
    const clock = createFakeClock()
    const source = sourceOf(tokensOf(server), { clock })
    await using cluster = new HttpsCluster(wiring(server, source), { clock })
    server.intercept((_request, respond) => {
      respond.dropConnection('reset')
      return true
    })
    const failed = failureOf(cluster.request('/version'))
    await eventually(() => retries.length === 1, 'it waits')
    await server.close()
    clock.advance(1000)
    const { host } = new URL(server.url)
    expect(await failed).toMatchObject({
      code: 'ERR_CONNECTION',
      message:
        `The connection to the server ${host} was refused - did you specify the right host or port?` +
        ` - error from a previous attempt: Unable to connect to the server: ${host} closed the connection under the request`,
    })
  })
})

describe('UndiciCluster', () => {
  test('retries in fetch, and in a dispatcher that was asked to, and in no other', async () => {
    const server = await startApiServer()
    server.intercept((_request, respond) => {
      respond.reply(busy('0'))
      return true
    })
    const cluster = new UndiciCluster(wiring(server, sourceOf(tokensOf(server))), {
      retries: { max: 2 },
    })
    const url = cluster.url('/version')
    const { dispatcher } = cluster
    const count = async (send: () => Promise<Response | UndiciResponse>): Promise<number> => {
      server.clearRequests()
      expect(await (await send()).text()).toBe('busy')
      return server.requests.length
    }
    expect(await count(() => cluster.fetch('/version'))).toBe(3)
    expect(await count(() => cluster.fetch('/version', { method: 'POST', body: 'x' }))).toBe(3)
    expect(await count(() => cluster.fetch('/version', { retries: false }))).toBe(1)
    expect(await count(() => fetch(url, { dispatcher }))).toBe(1)
    const retrying = dispatcher.withRetries({ max: 4 })
    expect(await count(() => fetch(url, { dispatcher: retrying }))).toBe(5)
    await retrying.close()
    await expect(cluster.request('/version')).rejects.toMatchObject({ code: 'ERR_CLOSED' })
    await cluster.close()
    await server.close()
  })
})

const wiring = (server: FakeApiServer, source: Renewer) => ({
  server: targetOf(server),
  source,
  namespace: 'default',
  rules: { userAgent: 'test-agent', impersonation: [] },
})

type UndiciResponse = Awaited<ReturnType<typeof fetch>>

/** Has the server read the body of so many requests before it says that it is busy. */
function answerAfterBody(server: FakeApiServer, times: number): void {
  let left = times
  server.intercept((_request, respond) => {
    if (left-- <= 0) return false
    // Once more after the body: the client has seen that its source is at its end.
    void respond.readBody().then(() => setTimeout(() => respond.reply(busy('0')), 20))
    return true
  })
}
