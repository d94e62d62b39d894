import { request } from 'node:https'
import type { ClientRequest, IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { connect } from 'node:tls'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { startApiServer } from '../../src/testing/api-server.ts'
import type { FakeApiServer } from '../../src/testing/fake-api-server.ts'
import { collect, http1, parse, responseTo } from './http-clients.ts'
import { until } from './until.ts'

describe.each([true, false])('an upgrade, with HTTP/2 offered: %s', (http2) => {
  let server: FakeApiServer
  beforeEach(async () => {
    server = await startApiServer({ http2, tokens: { t: { user: 'root' } } })
  })
  afterEach(() => server.close())

  function upgrade(path: string, headers: Readonly<Record<string, string>>) {
    return request(server.url + path, {
      method: 'POST',
      ca: server.certificateAuthorityPem,
      agent: false,
      headers: { connection: 'Upgrade', upgrade: 'SPDY/3.1', ...headers },
    }).end()
  }

  test('is answered with 101, and then with every byte that comes', async () => {
    const outgoing = upgrade('/upgrade-echo', { authorization: 'Bearer t' })
    const { response, socket } = await upgraded(outgoing)
    expect([response.statusCode, response.headers.upgrade]).toEqual([101, 'SPDY/3.1'])
    const chunks: Buffer[] = []
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    const sent = Buffer.alloc(300_000, 'abc')
    socket.write(sent)
    await until(() => Buffer.concat(chunks).length === sent.length)
    expect(Buffer.concat(chunks).equals(sent)).toBe(true)
    expect(server.requests[0]).toMatchObject({ statusCode: 101, user: 'root' })
    expect(server.openConnections).toBe(1)
    socket.end()
    await until(() => server.openConnections === 0)
  })

  test('gives back what came ahead of the answer', async () => {
    const socket = connect({
      port: server.port,
      host: '127.0.0.1',
      ca: server.certificateAuthorityPem,
    })
    const headers = ['Host: x', 'Connection: Upgrade', 'Upgrade: x', 'Authorization: Bearer t']
    socket.write(`GET /upgrade-echo HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\nahead of time`)
    let text = ''
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    await until(() => text.endsWith('ahead of time'))
    expect(text).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n/u)
    socket.destroy()
  })

  test('is refused without a credential', async () => {
    const response = await responseTo(upgrade('/upgrade-echo', {}))
    const text = String(await collect(response))
    expect([response.statusCode, parse(text)]).toMatchObject([401, { reason: 'Unauthorized' }])
    await until(() => server.openConnections === 0)
  })

  test('is not made where there is nothing to upgrade to', async () => {
    const response = await responseTo(upgrade('/healthz', { authorization: 'Bearer t' }))
    expect(response.statusCode).toBe(405)
    response.resume()
  })

  test('can be answered by a script', async () => {
    server.respondOnce({ statusCode: 403, body: 'no' })
    const response = await responseTo(upgrade('/upgrade-echo', {}))
    expect(response.statusCode).toBe(403)
    response.resume()
  })

  test('is handed to a script with all its bytes, and each side ends when it likes', async () => {
    const heard: Buffer[] = []
    server.intercept(({ path }, respond) => {
      if (path !== '/mine') return false
      const connection = respond.switchProtocols({ upgrade: 'mine/1', 'x-kept': 'yes' })
      connection.on('data', (chunk: Buffer) => heard.push(chunk))
      connection.once('end', () => {
        connection.write('after your end, ')
        setImmediate(() => connection.end('I end, too'))
      })
      return true
    })
    const ca = server.certificateAuthorityPem
    // The types of node:tls do not know that it passes this one on.
    const options = { port: server.port, host: '127.0.0.1', ca, allowHalfOpen: true }
    const socket = connect(options)
    const headers = ['Host: x', 'Connection: Upgrade', 'Upgrade: x', 'Authorization: Bearer t']
    socket.write(`GET /mine HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\nahead, `)
    socket.end('then done')
    const said = String(await collect(socket))
    expect(said).toBe(
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nupgrade: mine/1\r\n' +
        'x-kept: yes\r\n\r\nafter your end, I end, too',
    )
    expect(String(Buffer.concat(heard))).toBe('ahead, then done')
    expect(server.requests[0]).toMatchObject({ statusCode: 101, user: 'root' })
    await until(() => server.openConnections === 0)
  })

  test('cannot be made of a request that asks for none', async () => {
    let failure: unknown
    server.intercept((_, respond) => {
      try {
        respond.switchProtocols()
      } catch (error) {
        failure = error
      }
      return false
    })
    const { status } = await http1(server, '/healthz')
    expect([status, failure]).toEqual([200, new TypeError('the request asks for no upgrade')])
  })

  test('survives a client that leaves at once', async () => {
    const outgoing = upgrade('/upgrade-echo', { authorization: 'Bearer t' })
    const { socket } = await upgraded(outgoing)
    socket.write(Buffer.alloc(1_000_000))
    socket.destroy()
    await until(() => server.openConnections === 0)
    expect(server.requests).toHaveLength(1)
  })
})

interface Upgraded {
  readonly response: IncomingMessage
  readonly socket: Duplex
}

function upgraded(outgoing: ClientRequest): Promise<Upgraded> {
  return new Promise((done, fail) => {
    outgoing.once('upgrade', (response, socket) => done({ response, socket }))
    outgoing.once('error', fail)
  })
}
