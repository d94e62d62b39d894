import { once } from 'node:events'
import net, { type AddressInfo } from 'node:net'
import { join } from 'node:path'

import * as undici from 'undici'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { connect } from '../../src/doors/undici.ts'
import { thisHost } from '../../src/host/host.ts'
import { leanGets } from '../../src/proxy/lean-gets.ts'
import { startApiServer, type FakeApiServer } from '../../src/testing/api-server.ts'
import { createFakeClock, type FakeClock } from '../../src/testing/fake-clock.ts'
import { writeKubeconfig } from '../../src/testing/fake-kubeconfig.ts'
import type { Http2Probes } from '../../src/transport/http2-probes.ts'
import { UndiciCluster } from '../../src/transport/undici-cluster.ts'
import type { TransportWiring, UndiciOptions } from '../../src/transport/undici.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { eventually, sourceOf, targetOf, text, tokensOf } from './stacks.ts'

const folder = temporaryFolder()
const namespaces = '/api/v1/namespaces'
const watch = `${namespaces}?watch=true`
const withoutHttp2 = !('Dispatcher1Wrapper' in undici)
const skipped = withoutHttp2 ? ' (skipped: undici 7 has no use for HTTP/2)' : ''

let server: FakeApiServer
let relay: net.Server
/** Chunks that came from either side. */
let fromClient = 0
let fromServer = 0
let silent = false
const joined = new Set<net.Socket>()

beforeEach(async () => {
  server = await startApiServer()
  fromClient = 0
  fromServer = 0
  silent = false
  // Passes everything on until it is told to be silent; then it swallows all, as a router that has
  // forgotten a connection does.
  relay = net.createServer((client) => {
    const upstream = net.connect(server.port, '127.0.0.1')
    for (const socket of [client, upstream]) joined.add(socket.on('error', () => undefined))
    client.on('data', (chunk) => {
      fromClient++
      if (!silent) upstream.write(chunk)
    })
    upstream.on('data', (chunk) => {
      fromServer++
      if (!silent) client.write(chunk)
    })
    client.on('close', () => upstream.destroy())
  })
  relay.listen(0, '127.0.0.1')
  await once(relay, 'listening')
})

afterEach(async () => {
  for (const socket of joined) socket.destroy()
  joined.clear()
  relay.close()
  await eventually(() => server.openConnections === 0, 'all connections are closed')
  await server.close()
})

function relayUrl(): string {
  const { port } = relay.address() as AddressInfo // A port was asked for, so it has one.
  return `https://127.0.0.1:${port}`
}

function open(
  clock: FakeClock,
  http2Probes?: Http2Probes,
  more: Partial<TransportWiring> & UndiciOptions = { http2: true },
): UndiciCluster {
  const wiring = {
    server: targetOf(server, { url: relayUrl() }),
    source: sourceOf(tokensOf(server)),
    namespace: 'default',
    rules: { userAgent: 'test', impersonation: [] },
    http2Probes,
    ...more,
  }
  return new UndiciCluster(wiring, { ...more, retries: false, clock })
}

describe('a connection that speaks HTTP/2 with a client of our own', () => {
  const gets = { gets: leanGets }

  test('is given up 45 to 60 s after the last byte came; what it carried goes out again', async () => {
    const clock = createFakeClock()
    await using cluster = open(clock, undefined, gets)
    await text((await cluster.request(namespaces)).body)
    silent = true
    const late = cluster.request(namespaces)
    const sent = fromClient
    await eventually(() => fromClient > sent, 'the request is on its way')
    clock.advance(15_000)
    clock.advance(44_999)
    expect(joined.size).toBe(2)
    silent = false
    clock.advance(1)
    await text((await late).body)
    expect(joined.size).toBe(4)
    expect(server.requests.map(({ httpVersion }) => httpVersion)).toEqual(['2.0', '2.0'])
  })

  test('is sent PINGs, and goes on while they are answered', async () => {
    const clock = createFakeClock()
    await using cluster = open(clock, { readIdleMs: 20, pingTimeoutMs: 200 }, gets)
    await text((await cluster.request(namespaces)).body)
    for (let round = 0; round < 8; round++) {
      const answered = fromServer
      // Nothing comes between these two looks.
      clock.advance(20)
      clock.advance(20)
      await eventually(() => fromServer > answered, 'a PING is answered')
    }
    await text((await cluster.request(namespaces)).body)
    expect(joined.size).toBe(2)
  })
})

describe.skipIf(withoutHttp2)(`a connection that speaks HTTP/2${skipped}`, () => {
  test('is given up 45 to 60 s after the last byte came, in the words of Go', async () => {
    const clock = createFakeClock()
    await using cluster = open(clock)
    const { body } = await cluster.request(watch)
    const failure = text(body).catch((error: unknown) => error)
    await eventually(() => server.requests.length > 0, 'the watch is open')
    silent = true
    // The first look sees what came until now.
    clock.advance(15_000)
    clock.advance(44_999)
    expect(joined.size).toBe(2)
    expect([...joined].some((socket) => socket.destroyed)).toBe(false)
    clock.advance(1)
    expect(await failure).toMatchObject({ message: 'http2: client connection lost' })
    silent = false
    expect((await cluster.request(namespaces)).statusCode).toBe(200)
  })

  test('is sent PINGs, and goes on while they are answered', async () => {
    const clock = createFakeClock()
    await using cluster = open(clock, { readIdleMs: 20, pingTimeoutMs: 20 })
    await text((await cluster.request(namespaces)).body)
    for (let looks = 0; looks < 8; looks++) {
      const before = fromServer
      await eventually(() => fromServer >= before + 2, 'a PING is answered')
      clock.advance(20)
    }
    await text((await cluster.request(namespaces)).body)
    expect(joined.size).toBe(2)
  })

  test('is left alone where the probes are off', async () => {
    const clock = createFakeClock()
    await using cluster = open(clock, { readIdleMs: 0, pingTimeoutMs: 15_000 })
    await text((await cluster.request(namespaces)).body)
    silent = true
    clock.advance(3_600_000)
    silent = false
    await text((await cluster.request(namespaces)).body)
    expect(joined.size).toBe(2)
  })

  test('is probed as often as the environment says', async () => {
    const kubeconfig = join(folder, 'config')
    const { token } = server.issueToken()
    const cluster = { server: relayUrl() }
    await writeKubeconfig(kubeconfig, server.kubeconfig({ user: { token }, cluster }))
    const host = { ...thisHost(), env: { HTTP2_READ_IDLE_TIMEOUT_SECONDS: '1' } }
    await using opened = await connect({ kubeconfig, host, http2: true })
    await text((await opened.request(namespaces)).body)
    const before = fromClient
    await eventually(() => fromClient > before, 'a PING is sent')
    expect(server.requests).toHaveLength(1)
  })
})
