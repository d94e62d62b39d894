import { once } from 'node:events'
import { connect, constants } from 'node:http2'
import { Agent, request } from 'node:https'

import { afterEach, describe, expect, test } from 'vitest'

import { startApiServer } from '../../src/testing/api-server.ts'
import type { FakeApiServer } from '../../src/testing/fake-api-server.ts'
import { clients, http1, http2, jsonOf, responseTo, textOf } from './http-clients.ts'
import { until } from './until.ts'

const started: FakeApiServer[] = []
afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.close()))
})

async function start(): Promise<FakeApiServer> {
  const server = await startApiServer()
  started.push(server)
  return server
}

describe.each(clients)('a scripted answer over %s', (_name, client) => {
  test('takes the place of the server’s own, once and in order', async () => {
    const server = await start()
    server.respondOnce({ statusCode: 503, headers: { 'retry-after': '1' }, body: 'later' })
    server.respondOnce({ statusCode: 200, body: { a: 1 } })
    server.respondOnce({ statusCode: 204 })
    server.respondOnce({ statusCode: 200, body: Uint8Array.of(1, 2) })
    const first = await client(server, '/version')
    expect([first.status, first.headers['retry-after'], textOf(first)]).toEqual([503, '1', 'later'])
    expect(jsonOf(await client(server, '/version'))).toEqual({ a: 1 })
    const empty = await client(server, '/version')
    expect([empty.status, empty.headers['content-type'], empty.body.length]).toEqual([
      204,
      undefined,
      0,
    ])
    const bytes = await client(server, '/version')
    expect([bytes.headers['content-type'], [...bytes.body]]).toEqual([
      'application/octet-stream',
      [1, 2],
    ])
    expect((await client(server, '/version')).status).toBe(200)
    expect(server.requests.map(({ statusCode }) => statusCode)).toEqual([503, 200, 204, 200, 200])
  })

  test('waits for the request that it is for', async () => {
    const server = await start()
    server.respondOnce({ statusCode: 500, method: 'POST', path: '/echo' })
    server.respondOnce({ statusCode: 501, path: '/version' })
    expect((await client(server, '/healthz')).status).toBe(200)
    expect((await client(server, '/echo', { method: 'GET' })).status).toBe(401)
    expect((await client(server, '/version?x=y')).status).toBe(501)
    expect((await client(server, '/echo', { method: 'POST', body: 'x' })).status).toBe(500)
  })

  test('comes before the body of the request was sent', async () => {
    const server = await start()
    server.intercept(({ bodyLength }, respond) => {
      respond.reply({ statusCode: 401, body: `after ${bodyLength}`, close: true })
      return true
    })
    const answer = await client(server, '/echo', { method: 'POST', body: Buffer.alloc(1000) })
    expect([answer.status, textOf(answer)]).toEqual([401, 'after 0'])
    await until(() => server.openConnections === 0)
  })

  test('may wait for the body', async () => {
    const server = await start()
    server.intercept((_, respond) => {
      respond.readBody().then(
        (body) => respond.reply({ statusCode: 200, body }),
        () => {},
      )
      return true
    })
    const answer = await client(server, '/x', { method: 'PUT', body: 'as it came' })
    expect(textOf(answer)).toBe('as it came')
  })

  test('may be written piece by piece', async () => {
    const server = await start()
    server.intercept((_, respond) => {
      const out = respond.begin({ statusCode: 202, headers: { 'x-a': 'b' } })
      out.write('one ')
      out.end('two')
      return true
    })
    const answer = await client(server, '/')
    expect([answer.status, answer.headers['x-a'], textOf(answer)]).toEqual([202, 'b', 'one two'])
  })

  test('may break off without an answer', async () => {
    const server = await start()
    const errors: unknown[] = []
    for (const how of ['reset', 'end', 'stream'] as const) {
      const remove = server.intercept((_, respond) => {
        if (how === 'stream') respond.reset()
        else respond.dropConnection(how)
        return true
      })
      errors.push(await client(server, '/').catch((error: unknown) => error))
      remove()
    }
    expect(errors).toEqual([expect.any(Error), expect.any(Error), expect.any(Error)])
    expect(server.requests.map(({ statusCode }) => statusCode)).toEqual([
      undefined,
      undefined,
      undefined,
    ])
    expect((await client(server, '/version')).status).toBe(200)
  })
})

describe('an interceptor', () => {
  test('is asked before those that were added earlier, until it is removed', async () => {
    const server = await start()
    const asked: string[] = []
    const look = (name: string) => () => {
      asked.push(name)
      return false
    }
    const same = look('twice')
    const removeFirst = server.intercept(same)
    server.intercept(same)
    server.intercept(look('late'))
    await http1(server, '/version')
    removeFirst()
    removeFirst()
    await http1(server, '/version')
    expect(asked).toEqual(['late', 'twice', 'twice', 'late', 'twice'])
  })

  test('knows who asks, before it is decided whether that is enough', async () => {
    const server = await start()
    const users: (string | undefined)[] = []
    server.intercept(({ user }) => {
      users.push(user)
      return false
    })
    const { token } = server.issueToken({ user: 'bob' })
    await http1(server, '/api', { headers: { authorization: `Bearer ${token}` } })
    await http1(server, '/api')
    expect(users).toEqual(['bob', undefined])
  })

  test('can let a request hang', async () => {
    const server = await start()
    server.intercept(({ path }) => path === '/hang')
    const aborted = AbortSignal.timeout(100)
    await expect(http1(server, '/hang', { tls: { signal: aborted } })).rejects.toThrow('abort')
    expect(server.requests[0]?.statusCode).toBeUndefined()
  })

  test('can answer without end over HTTP/1.1', async () => {
    const server = await start()
    server.intercept((_, respond) => {
      respond.endless({ statusCode: 401, headers: { 'x-a': 'b' } })
      return true
    })
    const outgoing = request(server.url, { ca: server.certificateAuthorityPem, agent: false })
    outgoing.end()
    const response = await responseTo(outgoing)
    expect([response.statusCode, response.headers['x-a']]).toEqual([401, 'b'])
    await readSome(response)
    await until(() => server.openConnections === 0)
  })

  test('can answer without end over HTTP/2', async () => {
    const server = await start()
    server.intercept((_, respond) => {
      respond.endless({ statusCode: 401 })
      return true
    })
    const session = connect(server.url, { ca: server.certificateAuthorityPem })
    await readSome(session.request({ ':path': '/' }))
    session.close()
    await until(() => server.openConnections === 0)
    expect(server.requests[0]?.statusCode).toBe(401)
  })

  test('can drop a kept-alive connection before the first byte of an answer', async () => {
    const server = await start()
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    await http1(server, '/version', { tls: { agent } })
    server.intercept((_, respond) => {
      respond.dropConnection()
      return true
    })
    await expect(http1(server, '/version', { tls: { agent } })).rejects.toThrow('socket hang up')
    expect(server.requests.map(({ connectionId }) => connectionId)).toEqual([1, 1])
    agent.destroy()
  })

  test('resets an HTTP/2 request alone, with the code that it likes', async () => {
    const server = await start()
    server.intercept(({ path }, respond) => {
      if (path === '/refused') respond.reset(constants.NGHTTP2_REFUSED_STREAM)
      return path === '/refused'
    })
    const session = connect(server.url, { ca: server.certificateAuthorityPem })
    const refused = session.request({ ':path': '/refused' })
    await expect(once(refused, 'response')).rejects.toThrow('NGHTTP2_REFUSED_STREAM')
    const served = session.request({ ':path': '/version' })
    const [head] = await once(served, 'response')
    expect(head[':status']).toBe(200)
    served.resume()
    session.close()
    await once(session, 'close')
  })

  test('sends GOAWAY: the requests before are served, this one is not', async () => {
    const server = await start()
    server.intercept(({ path }, respond) => {
      if (path !== '/last') return false
      respond.goaway()
      return true
    })
    const session = connect(server.url, { ca: server.certificateAuthorityPem })
    const goaways: unknown[] = []
    session.on('goaway', (code, lastStreamId) => goaways.push([code, lastStreamId]))
    await once(session.request({ ':path': '/version' }).resume(), 'end')
    const stream = session.request({ ':path': '/last' })
    await expect(once(stream, 'response')).rejects.toThrow('NGHTTP2_REFUSED_STREAM')
    expect(goaways[0]).toEqual([constants.NGHTTP2_NO_ERROR, 1])
  })

  test('refuses with a GOAWAY the first request of a connection, too', async () => {
    const server = await start()
    server.intercept((_, respond) => {
      respond.goaway()
      return true
    })
    const session = connect(server.url, { ca: server.certificateAuthorityPem })
    const told = once(session, 'goaway')
    const stream = session.request({ ':path': '/first' })
    await expect(once(stream, 'response')).rejects.toThrow('NGHTTP2_REFUSED_STREAM')
    await told
  })

  test('knows no GOAWAY over HTTP/1.1', async () => {
    const server = await start()
    server.intercept((_, respond) => {
      respond.goaway()
      respond.reply({ statusCode: 200 })
      return true
    })
    expect((await http1(server, '/')).status).toBe(200)
  })
})

describe('a request that asks whether it may send its body', () => {
  test('is told to go on when the body is wanted', async () => {
    const server = await start()
    const { token } = server.issueToken()
    const outgoing = request(`${server.url}/echo`, {
      method: 'POST',
      ca: server.certificateAuthorityPem,
      agent: false,
      headers: { expect: '100-continue', authorization: `Bearer ${token}` },
    })
    outgoing.flushHeaders()
    await once(outgoing, 'continue')
    outgoing.end('now')
    const response = await responseTo(outgoing)
    expect(response.statusCode).toBe(200)
    response.resume()
    await once(response, 'end')
    expect(server.requests[0]?.bodyLength).toBe(3)
  })

  test('is refused without being told to go on', async () => {
    const server = await start()
    const outgoing = request(`${server.url}/echo`, {
      method: 'POST',
      ca: server.certificateAuthorityPem,
      agent: false,
      headers: { expect: '100-continue' },
    })
    let toldToGoOn = false
    outgoing.on('continue', () => (toldToGoOn = true))
    outgoing.flushHeaders()
    const response = await responseTo(outgoing)
    expect([response.statusCode, toldToGoOn]).toEqual([401, false])
    response.resume()
    outgoing.destroy()
  })
})

test('a client that leaves in the middle of its body is no failure', async () => {
  const server = await start()
  const { token } = server.issueToken()
  const headers = { authorization: `Bearer ${token}` }
  const first = request(`${server.url}/echo`, {
    method: 'POST',
    ca: server.certificateAuthorityPem,
    agent: false,
    headers: { ...headers, 'content-length': '1000' },
  })
  first.on('error', () => {})
  first.write('part')
  await until(() => server.requests[0]?.bodyLength === 4)
  first.destroy()
  const session = connect(server.url, { ca: server.certificateAuthorityPem })
  const second = session.request({ ':method': 'POST', ':path': '/echo', ...headers })
  second.write('part')
  await until(() => server.requests[1]?.bodyLength === 4)
  session.destroy()
  await until(() => server.openConnections === 0)
  expect(server.requests.map(({ bodySha256 }) => bodySha256)).toEqual([undefined, undefined])
  expect((await http2(server, '/version')).status).toBe(200)
})

/** Reads more than any buffer on the way holds, and leaves. */
async function readSome(source: AsyncIterable<Uint8Array>): Promise<void> {
  let length = 0
  for await (const chunk of source) {
    length += chunk.length
    if (length > 3_000_000) return
  }
  throw new Error(`the body ended after ${length} bytes`)
}
