import { once } from 'node:events'
import http2, {
  type Http2SecureServer,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import { createServer, type AddressInfo } from 'node:net'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { createCredential } from '../../src/credential/credential.ts'
import { systemCodeOf } from '../../src/errors/kubecred-error.ts'
import {
  createCertificateAuthority,
  createFakeClock,
  startApiServer,
  type FakeApiServer,
} from '../../src/doors/testing.ts'
import { leanGets } from '../../src/proxy/lean-gets.ts'
import type { ServerTarget } from '../../src/transport/server.ts'
import type { TransportWiring, UndiciOptions } from '../../src/transport/undici.ts'
import { UndiciCluster } from '../../src/transport/undici-cluster.ts'
import { CleanUp } from '../testing/clean-up.ts'
import { until } from '../testing/until.ts'
import { ScriptedProvider, sourceOf, targetOf, text, tokensOf } from './stacks.ts'

const namespaces = '/api/v1/namespaces'
const cleanUp = new CleanUp()
afterEach(() => cleanUp.run())

function open(
  server: TransportWiring['server'],
  source: TransportWiring['source'],
  { http2Disabled, ...options }: UndiciOptions & { readonly http2Disabled?: boolean } = {},
): UndiciCluster {
  const rules = { userAgent: 'test', impersonation: [] }
  const wiring = { server, source, rules, namespace: 'default', gets: leanGets, http2Disabled }
  const cluster = new UndiciCluster(wiring, { retries: false, ...options })
  cleanUp.defer(() => cluster.close())
  return cluster
}

describe('GET requests without a body', () => {
  let server: FakeApiServer
  let cluster: UndiciCluster

  async function start(options: { readonly http2: boolean }, more?: Parameters<typeof open>[2]) {
    server = await startApiServer(options)
    cleanUp.defer(() => server.close())
    cluster = open(targetOf(server), sourceOf(tokensOf(server)), more)
  }

  const get = async (path = namespaces): Promise<number> => {
    const { statusCode, body } = await cluster.request(path)
    await body.dump()
    return statusCode
  }
  const versions = () => new Set(server.requests.map(({ httpVersion }) => httpVersion))

  test('share one connection from the first on, where the server speaks HTTP/2', async () => {
    await start({ http2: true })
    const statuses = await Promise.all(Array.from({ length: 50 }, () => get()))
    expect(new Set(statuses)).toEqual(new Set([200]))
    expect(server.connectionsOpened).toBe(1)
    expect(versions()).toEqual(new Set(['2.0']))
  })

  test('go over HTTP/1.1 where it does not, on the connection that has shown it, too', async () => {
    await start({ http2: false })
    expect(await get()).toBe(200)
    expect(await get()).toBe(200)
    expect(server.connectionsOpened).toBe(1)
    expect(await Promise.all(Array.from({ length: 8 }, () => get()))).toEqual(Array(8).fill(200))
    expect(versions()).toEqual(new Set(['1.1']))
  })

  test('leave no connection behind when the one that has shown it is of no use', async () => {
    await start({ http2: false })
    const refused = cluster.request(namespaces, { headers: { te: 'trailers' } })
    await expect(refused).rejects.toThrow('invalid te header')
    await until(() => server.connectionsOpened === 1 && server.openConnections === 0)
    expect(await get()).toBe(200)
  })

  test('go over HTTP/1.1 where HTTP/2 is out of the question', async () => {
    await start({ http2: true }, { http2Disabled: true })
    expect(await get()).toBe(200)
    expect(versions()).toEqual(new Set(['1.1']))
  })

  test('go over HTTP/1.1 when their heads are long, which servers take there', async () => {
    await start({ http2: true })
    // Older versions of Node take less than is asked of them, and say so only over HTTP/1.1.
    expect([200, 431]).toContain(await get(`${namespaces}?fieldSelector=${'x'.repeat(100_000)}`))
    const headers = { 'x-long': 'x'.repeat(100_000) }
    await (await cluster.request(namespaces, { headers })).body.dump()
    expect(versions()).not.toContain('2.0')
    await get()
    expect(versions()).toContain('2.0')
  })

  test('leave watches and what has a body to HTTP/1.1', async () => {
    await start({ http2: true })
    await cluster
      .request(namespaces, { method: 'POST', body: '{}' })
      .then(({ body }) => body.dump())
    const watch = await cluster.request(`${namespaces}?watch=true`)
    watch.body.on('error', () => undefined).destroy()
    expect(versions()).toEqual(new Set(['1.1']))
  })

  test('begin anew after a server that was not there', async () => {
    await start({ http2: true })
    await server.goDown()
    const failed = await Promise.allSettled([get(), get()])
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    await server.comeBack()
    expect(await get()).toBe(200)
  })
})

const token = () => sourceOf(new ScriptedProvider(() => createCredential({ token: 't' })))

describe('a server that takes two requests on a connection', () => {
  let server: Http2SecureServer
  let target: ServerTarget
  let held: ServerHttp2Stream[]
  let sessions: ServerHttp2Session[]

  beforeEach(async () => {
    const authority = createCertificateAuthority()
    const { certificatePem: cert, privateKeyPem: key } = authority.issue({
      commonName: 'server',
      ipAddresses: ['127.0.0.1'],
      usage: 'server',
    })
    held = []
    sessions = []
    server = http2.createSecureServer({ cert, key, settings: { maxConcurrentStreams: 2 } })
    server.on('session', (session) => {
      sessions.push(session)
      cleanUp.defer(() => session.destroy())
    })
    server.on('stream', (stream) => held.push(stream.on('error', () => undefined)))
    await once(server.listen(0, '127.0.0.1'), 'listening')
    cleanUp.defer(() => server.close())
    target = {
      url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
      certificateAuthorityPem: authority.certificatePem,
      tlsServerName: '',
      insecureSkipTlsVerify: false,
    }
  })

  const answer = (): void => {
    for (const stream of held.splice(0)) {
      stream.respond({ ':status': 200 })
      stream.end('ok')
    }
  }

  function ask(cluster: UndiciCluster, count: number): Promise<string>[] {
    return Array.from({ length: count }, async () => text((await cluster.request('/x')).body))
  }

  test('gets the third one on another connection, once it has said so', async () => {
    const cluster = open(target, token())
    const first = ask(cluster, 1)
    await until(() => held.length === 1)
    const more = ask(cluster, 4)
    await until(() => held.length === 5)
    expect(sessions).toHaveLength(3)
    answer()
    expect(await Promise.all([...first, ...more])).toEqual(Array(5).fill('ok'))
  })

  test('gets no more connections than there may be; the others wait for their turn', async () => {
    const cluster = open(target, token(), { connections: 1 })
    const first = ask(cluster, 1)
    await until(() => held.length === 1)
    const more = ask(cluster, 2)
    await until(() => held.length === 2)
    answer()
    await until(() => held.length === 1)
    answer()
    expect(await Promise.all([...first, ...more])).toEqual(['ok', 'ok', 'ok'])
    expect(sessions).toHaveLength(1)
  })

  test('fails those that have waited too long, and no other', async () => {
    const clock = createFakeClock()
    const cluster = open(target, token(), { connections: 1, connectTimeoutMs: 1000, clock })
    const first = ask(cluster, 1)
    await until(() => held.length === 1)
    const [second, third] = ask(cluster, 2)
    await until(() => held.length === 2)
    const failure = third?.catch((error: unknown) => error)
    for (let look = 0; look < 50; look++) clock.advance(20)
    expect(await failure).toMatchObject({ code: 'ERR_TIMEOUT' })
    answer()
    expect(await Promise.all([...first, second])).toEqual(['ok', 'ok'])
    expect(clock.heldTimers).toBe(0)
  })

  test('is asked on each further connection for no more than it said on the one before', async () => {
    const cluster = open(target, token())
    // Each may be refused ten times, and only the first connection is told too much.
    const asked = ask(cluster, 100)
    await until(() => held.length === 100)
    expect(sessions).toHaveLength(50)
    answer()
    expect(await Promise.all(asked)).toEqual(Array(100).fill('ok'))
  })

  test('gets another connection when it takes nothing more on one, as before it goes', async () => {
    const cluster = open(target, token())
    const [first] = ask(cluster, 1)
    await until(() => held.length === 1)
    answer()
    await first
    const [session] = sessions
    session?.settings({ maxConcurrentStreams: 0 })
    await until(() => session?.pendingSettingsAck === false)
    const [second] = ask(cluster, 1)
    await until(() => held.length === 1)
    answer()
    expect(await second).toBe('ok')
    expect(sessions).toHaveLength(2)
  })

  test('that is gone is told of at once, although it still answers on a connection', async () => {
    const cluster = open(target, token())
    const [first] = ask(cluster, 1)
    await until(() => held.length === 1)
    server.close()
    for (const session of sessions) session.close()
    await until(async () => {
      const [next] = await Promise.allSettled(ask(cluster, 1))
      return next?.status === 'rejected' && systemCodeOf(next.reason) === 'ECONNREFUSED'
    })
    answer()
    expect(await first).toBe('ok')
  })

  test('hears nothing of a request whose caller gave up while it waited', async () => {
    const cluster = open(target, token(), { connections: 1 })
    const first = ask(cluster, 1)
    await until(() => held.length === 1)
    const second = ask(cluster, 1)
    await until(() => held.length === 2)
    const giveUp = new AbortController()
    const third = cluster.request('/x', { signal: giveUp.signal }).catch((error: unknown) => error)
    const reason = new Error('enough')
    giveUp.abort(reason)
    expect(await third).toBe(reason)
    answer()
    expect(await Promise.all([...first, ...second])).toEqual(['ok', 'ok'])
    expect(held).toEqual([])
  })
})

test('a cluster whose server does not come to the end of the handshake is closed at once', async () => {
  const server = createServer((socket) => {
    cleanUp.defer(() => socket.destroy())
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const connected = once(server, 'connection')
  cleanUp.defer(() => server.close())
  const { port } = server.address() as AddressInfo
  const clock = createFakeClock()
  const cluster = open(
    {
      url: `https://127.0.0.1:${port}`,
      certificateAuthorityPem: undefined,
      tlsServerName: '',
      insecureSkipTlsVerify: true,
    },
    token(),
    { clock },
  )
  const request = cluster.request('/x').catch((error: unknown) => error)
  await connected
  // The time for a handshake is not over, and never will be.
  await cluster.close()
  expect(await request).toMatchObject({ code: 'ERR_CLOSED' })
  expect(clock.heldTimers).toBe(0)
})
