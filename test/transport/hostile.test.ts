import { createHash } from 'node:crypto'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import net from 'node:net'
import { inspect } from 'node:util'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { createCredential } from '../../src/credential/credential.ts'
import { startApiServer, type FakeApiServer } from '../../src/testing/api-server.ts'
import { createFakeClock } from '../../src/testing/fake-clock.ts'
import {
  eventually,
  ScriptedProvider,
  sourceOf,
  stacks,
  streamed,
  targetOf,
  text,
  tokensOf,
  type TestWiring,
} from './stacks.ts'

const namespaces = '/api/v1/namespaces'
const sha256 = (data: string): string => createHash('sha256').update(data).digest('hex')
const chunk = 'x'.repeat(4096)

/** Chunks that come one by one, each after the last has had time to leave. */
async function* trickle(count: number): AsyncGenerator<Uint8Array> {
  for (let index = 0; index < count; index++) {
    await new Promise((resolve) => setTimeout(resolve, 2))
    yield Buffer.from(chunk)
  }
}

describe.each(stacks)('$name', (stack) => {
  let server: FakeApiServer

  beforeEach(async () => {
    server = await startApiServer({ http2: stack.http2 })
  })

  afterEach(async () => {
    await eventually(() => server.openConnections === 0, 'all connections are closed')
    await server.close()
  })

  const connect = (provider: ScriptedProvider, more: Partial<TestWiring> = {}) => {
    const source = sourceOf(provider, { cooldown: { firstMs: 5, maxMs: 5 } })
    return stack.open({ server: targetOf(server), source, ...more })
  }

  test('never sends a part of a body as the whole when the recording ends while a 401 does', async () => {
    const provider = tokensOf(server)
    await using cluster = connect(provider, { options: { replayBufferBytes: 20_000 } })
    server.intercept((request, respond) => {
      if (request.path !== '/echo' || server.requests.length > 1) return false
      const out = respond.begin({ statusCode: 401 })
      out.write('begun, ')
      // It is read on, so that the recording comes to its limit before the 401 to its end.
      respond.readBody().then(
        () => out.end('ended'),
        () => undefined,
      )
      return true
    })
    const response = await cluster.send('/echo', { method: 'POST', body: trickle(40) })
    const answer = await text(response.body)
    expect([response.statusCode, answer]).toEqual([401, 'begun, ended'])
    expect(server.requests).toHaveLength(1)
  })

  test('sends a long body whole, or not at all, after a 401 that came early', async () => {
    const provider = tokensOf(server)
    await using cluster = connect(provider)
    server.respondOnce({ statusCode: 401, path: '/echo', body: 'early' })
    const whole = chunk.repeat(100)
    const response = await cluster.send('/echo', { method: 'POST', body: trickle(100) })
    await text(response.body)
    const complete = server.requests.slice(1).map(({ bodySha256 }) => bodySha256)
    expect([response.statusCode, complete]).toEqual([200, [sha256(whole)]])
  })

  test.each(['DELETE', 'GET', 'OPTIONS', 'PATCH'])(
    'frames the body of a %s, so that it cannot be taken for another request',
    async (method) => {
      await using cluster = connect(tokensOf(server))
      server.intercept((_request, respond) => {
        void respond.readBody().then((body) => {
          respond.reply({ statusCode: 200, body: body.toString() })
        })
        return true
      })
      const smuggled = 'GET /smuggled HTTP/1.1\r\nhost: x\r\n\r\n'
      for (const body of [smuggled, streamed('GET /smuggled HTTP/1.1\r\n', 'host: x\r\n\r\n')]) {
        const response = await cluster.send('/any', { method, body })
        expect(await text(response.body)).toBe(smuggled)
      }
      expect(server.requests.map(({ path }) => path)).toEqual(['/any', '/any'])
    },
  )

  test('says that a token cannot stand in a header, and opens nothing', async () => {
    const provider = new ScriptedProvider(() => createCredential({ token: 'abc\n' }))
    await using cluster = connect(provider)
    await expect(cluster.send(namespaces)).rejects.toMatchObject({
      code: 'ERR_CREDENTIAL_INVALID',
      message: 'getting credentials: net/http: invalid header field value for "Authorization"',
    })
    expect(server.connectionsOpened).toBe(0)
  })

  test("refuses a header of the caller's that cannot be sent, and opens nothing", async () => {
    await using cluster = connect(tokensOf(server))
    await expect(
      cluster.send(namespaces, { headers: { 'x-bad': 'a\r\nx-injected: b' } }),
    ).rejects.toThrow(/invalid/iu)
    expect(server.requests).toHaveLength(0)
  })

  test('sends nothing after it was closed: neither what awaited a credential nor a replay', async () => {
    const gate = Promise.withResolvers<void>()
    const provider = tokensOf(server)
    const { next } = provider
    const cluster = connect(provider)
    await text((await cluster.send(namespaces)).body)
    provider.next = async (request) => {
      await gate.promise
      return await next(request)
    }
    server.revoke('all')
    server.clearRequests()
    const replayed = cluster.send(namespaces)
    await eventually(() => server.requests[0]?.statusCode === 401, 'the 401 was sent')
    const closed = cluster.close()
    gate.resolve()
    await expect(replayed).rejects.toMatchObject({ code: 'ERR_CLOSED' })
    await closed
    expect(server.requests).toHaveLength(1)
  })

  test('keeps the token to itself when there is no TLS', async () => {
    const seen: http.IncomingHttpHeaders[] = []
    const plain = http.createServer((request, response) => {
      seen.push(request.headers)
      response.end('ok')
    })
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve))
    const { port } = plain.address() as AddressInfo
    const provider = tokensOf(server)
    await using cluster = connect(provider, {
      server: targetOf(server, {
        url: `http://127.0.0.1:${port}`,
        certificateAuthorityPem: undefined,
      }),
    })
    const { body } = await cluster.send('/version')
    expect(await text(body)).toBe('ok')
    expect(seen.map(({ authorization }) => authorization)).toEqual([undefined])
    expect(provider.runs).toBe(0)
    plain.closeAllConnections()
    await new Promise((resolve) => plain.close(resolve))
  })

  test('dials through the given function without TLS, too', async () => {
    const plain = http.createServer((_request, response) => response.end('ok'))
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve))
    const { port } = plain.address() as AddressInfo
    let dialled = 0
    const dial = async (): Promise<net.Socket> => {
      dialled++
      await Promise.resolve()
      return net.connect(port, '127.0.0.1')
    }
    await using cluster = connect(tokensOf(server), {
      server: targetOf(server, { url: 'http://localhost:1', certificateAuthorityPem: undefined }),
      options: { connect: dial },
    })
    const { body } = await cluster.send('/version')
    expect([await text(body), dialled]).toEqual(['ok', 1])
    plain.closeAllConnections()
    await new Promise((resolve) => plain.close(resolve))
  })

  test('shows no token when a response is inspected', async () => {
    const { token } = server.issueToken()
    await using cluster = connect(new ScriptedProvider(() => createCredential({ token })))
    const response = await cluster.send(namespaces)
    const shown = inspect(response, { depth: 8 }) + inspect(response.body, { depth: 8 })
    await text(response.body)
    expect(shown).not.toContain(token)
  })

  test('turns a connect function that throws at once into an error of the request', async () => {
    const dial = (): Promise<net.Socket> => {
      throw new Error('thrown at once')
    }
    await using cluster = connect(tokensOf(server), { options: { connect: dial } })
    const error: unknown = await cluster.send(namespaces).catch((caught: unknown) => caught)
    expect(inspect(error)).toContain('thrown at once')
  })

  test('waits for no answer any more when an upload ends after its answer has come', async () => {
    const clock = createFakeClock()
    await using cluster = connect(tokensOf(server), { options: { clock } })
    const rest = Promise.withResolvers<void>()
    server.intercept((request, respond) => {
      if (request.path !== '/early') return false
      respond.begin({ statusCode: 200 }).end('early')
      return true
    })
    async function* upload(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('begun')
      await rest.promise
      yield Buffer.from('ended')
    }
    const { body } = await cluster.send('/early', { method: 'POST', body: upload() })
    rest.resolve()
    expect(await text(body)).toBe('early')
    await eventually(() => clock.pendingTimers === 0, 'no timer is left')
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(clock.pendingTimers).toBe(0)
  })

  test('does not let half an upload pass for the whole when the answer comes early', async () => {
    const cluster = connect(tokensOf(server))
    const whole = 30 * chunk.length
    let arrived: number | undefined
    server.intercept((request, respond) => {
      if (request.path !== '/early') return false
      respond.readBody().then(
        ({ length }) => (arrived = length),
        () => undefined,
      )
      respond.begin({ statusCode: 200 }).end('enough')
      return true
    })
    let over = false
    async function* upload(): AsyncGenerator<Uint8Array> {
      try {
        yield* trickle(30)
      } finally {
        over = true
      }
    }
    const { body } = await cluster.send('/early', { method: 'POST', body: upload() })
    await text(body)
    // HTTP/1.1 breaks the upload off; over HTTP/2 it goes on beside the answer.
    await eventually(() => over, 'the upload is over')
    await cluster.close()
    await eventually(() => server.openConnections === 0, 'all connections are closed')
    expect(arrived ?? whole).toBe(whole)
  })

  test("verifies the name of the server, not the one in the caller's Host header", async () => {
    await using cluster = connect(tokensOf(server), {
      server: targetOf(server, { url: server.url.replace('127.0.0.1', 'localhost') }),
    })
    const { statusCode, body } = await cluster.send(namespaces, {
      headers: { host: 'evil.example' },
    })
    await text(body)
    expect([statusCode, server.requests[0]?.tlsServerName]).toEqual([200, 'localhost'])
  })

  test('gives the error of a body that cannot be read', async () => {
    await using cluster = connect(tokensOf(server))
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('so far ')
      await Promise.reject(new Error('disk on fire'))
    }
    await expect(cluster.send('/echo', { method: 'POST', body: broken() })).rejects.toThrow(
      'disk on fire',
    )
  })

  test('never takes what came before a body failed for the whole, when a 401 was first', async () => {
    await using cluster = connect(tokensOf(server))
    server.respondOnce({ statusCode: 401, path: '/echo', body: 'early' })
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('part one')
      await new Promise((resolve) => setTimeout(resolve, 50))
      throw new Error('disk gone')
    }
    const outcome = await cluster.send('/echo', { method: 'POST', body: failing() }).then(
      async ({ statusCode, body }) => `${statusCode} ${await text(body).catch(String)}`,
      (error: unknown) => inspect(error),
    )
    expect(outcome).toMatch(/^401|disk gone/u)
    const whole = server.requests.slice(1).map(({ bodySha256 }) => bodySha256)
    expect(whole.filter((hash) => hash !== undefined)).toEqual([])
  })

  test('passes a 401 on at once when its body is long, whatever the renewal takes', async () => {
    const provider = tokensOf(server)
    await using cluster = connect(provider)
    await text((await cluster.send(namespaces)).body)
    provider.next = ({ signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          reject(signal.reason)
        })
      })
    server.respondOnce({ statusCode: 401, body: 'x'.repeat(200_000) })
    const { statusCode, body } = await cluster.send(namespaces)
    expect([statusCode, (await text(body)).length]).toEqual([401, 200_000])
  })
})

describe.each(stacks.filter(({ http2 }) => !http2))('$name', ({ open }) => {
  test('uses a new connection when the server has closed the one that was kept', async () => {
    await using server = await startApiServer({ http2: false })
    const source = sourceOf(tokensOf(server))
    await using cluster = open({ server: targetOf(server), source })
    for (let count = 0; count < 10; count++) {
      await text((await cluster.send(namespaces)).body)
      await server.closeConnections()
    }
    expect(server.requests.map(({ statusCode }) => statusCode)).toEqual(Array(10).fill(200))
  })
})
