import { once } from 'node:events'
import http, { type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import net from 'node:net'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { createCredential } from '../../src/credential/credential.ts'
import { startApiServer } from '../../src/testing/api-server.ts'
import { createCertificateAuthority } from '../../src/testing/certificate-authority.ts'
import { openTunnel } from '../../src/transport/tunnel.ts'
import { UndiciCluster } from '../../src/transport/undici-cluster.ts'
import { FakeProxy, type FakeProxyOptions } from './fake-proxy.ts'
import {
  certificatesOf,
  eventually,
  ScriptedProvider,
  sourceOf,
  stacks,
  targetOf,
  text,
  tokensOf,
  type TestWiring,
} from './stacks.ts'

const login = { username: 'ann', password: 'pw' }
const authority = createCertificateAuthority()
const identity = authority.issue({
  commonName: 'proxy',
  usage: 'server',
  ipAddresses: ['127.0.0.1'],
})
const provider = (): ScriptedProvider =>
  new ScriptedProvider(() => createCredential({ token: 'KUBECRED-PLANTED-SECRET-token' }))
const rules = { userAgent: 'test-agent', impersonation: [] }

/** A server without TLS; what it got is written down. */
let plain: http.Server
let seen: IncomingMessage[]
let url: string
const proxies: FakeProxy[] = []

beforeEach(async () => {
  seen = []
  plain = http.createServer((request, response) => {
    seen.push(request)
    response.end('plain')
  })
  plain.on('upgrade', (request, socket) => {
    seen.push(request)
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n')
    socket.pipe(socket)
  })
  await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve))
  // A server that listens on TCP has such an address.
  url = `http://localhost:${(plain.address() as AddressInfo).port}`
})

afterEach(async () => {
  const used = proxies.splice(0)
  await eventually(() => used.every(({ open }) => open === 0), 'the proxies are free')
  await Promise.all(used.map((proxy) => proxy.close()))
  plain.closeAllConnections()
  await new Promise((resolve) => plain.close(resolve))
})

async function start(options: FakeProxyOptions): Promise<FakeProxy> {
  const proxy = await FakeProxy.start({ identity, ...options })
  proxies.push(proxy)
  return proxy
}

const wiringTo = (proxy: FakeProxy): TestWiring => ({
  server: {
    url,
    certificateAuthorityPem: authority.certificatePem,
    tlsServerName: '',
    insecureSkipTlsVerify: false,
    proxy: proxy.target(),
  },
  source: sourceOf(provider()),
})

describe.each(stacks)('$name without TLS to the server', ({ open }) => {
  test.each(['http', 'https'] as const)(
    'sends whole URLs to a proxy of %s, with its login and without a token',
    async (protocol) => {
      const proxy = await start({ protocol, login })
      await using cluster = open(wiringTo(proxy))
      for (const path of ['/version?a=%20b', '/api/v1/pods?watch=true']) {
        const { statusCode, body } = await cluster.send(path)
        expect([statusCode, await text(body)]).toEqual([200, 'plain'])
      }
      expect(seen.map((request) => request.url)).toEqual([
        `${url}/version?a=%20b`,
        `${url}/api/v1/pods?watch=true`,
      ])
      const { headers } = seen[0] ?? {}
      expect(headers?.host).toBe(new URL(url).host)
      expect(headers?.authorization).toBeUndefined()
      expect(headers?.['proxy-authorization']).toBe('Basic YW5uOnB3')
    },
  )

  test('tunnels through a proxy of socks5, which hears nothing of the request', async () => {
    const proxy = await start({ protocol: 'socks5', login })
    await using cluster = open(wiringTo(proxy))
    const { body } = await cluster.send('/version')
    expect(await text(body)).toBe('plain')
    expect([seen[0]?.url, seen[0]?.headers['proxy-authorization']]).toEqual(['/version', undefined])
    expect(proxy.asked).toMatchObject([{ host: 'localhost', how: 'kind 3' }])
  })

  test('does not take a connect timeout for one of the answer, with TLS to the proxy', async () => {
    const proxy = await start({ protocol: 'https' })
    plain.removeAllListeners('request')
    plain.on('request', (_request, response: http.ServerResponse) => {
      setTimeout(() => response.end('late'), 2500)
    })
    const wiring = wiringTo(proxy)
    await using cluster = open({ ...wiring, options: { connectTimeoutMs: 2000 } })
    expect(await text((await cluster.send('/version')).body)).toBe('late')
  })
})

test.each(['@elsewhere.test/x', '.elsewhere.test/x', ':1/x', 'http://elsewhere.test/x'])(
  'a path cannot make another host of the URL that a proxy gets (%s)',
  async (path) => {
    const proxy = await start({ protocol: 'http' })
    await using cluster = new UndiciCluster({ ...wiringTo(proxy), rules, namespace: '' }, {})
    const sent = cluster.dispatcher.request({ origin: url, path, method: 'GET' })
    await expect(sent).rejects.toMatchObject({ code: 'UND_ERR_INVALID_ARG' })
    expect(proxy.heard).toBe('')
  },
)

test.each(['http', 'https', 'socks5'] as const)(
  'an upgrade without TLS is tunnelled through a proxy of %s',
  async (protocol) => {
    const proxy = await start({ protocol, login })
    await using cluster = new UndiciCluster({ ...wiringTo(proxy), rules, namespace: '' }, {})
    const { socket } = await cluster.dispatcher.upgrade({ path: '/exec', protocol: 'echo' })
    socket.write('to and fro')
    const [chunk] = (await once(socket, 'data')) as [Buffer]
    expect(chunk.toString()).toBe('to and fro')
    expect(seen[0]?.url).toBe('/exec')
    expect(proxy.asked[0]?.how).toMatch(/^CONNECT localhost:|^kind 3$/u)
  },
)

test.each(['http', 'https', 'socks5'] as const)(
  'an upgrade through a proxy of %s outlives a rotation, and ends with the cluster',
  async (protocol) => {
    await using server = await startApiServer({ certificateAuthority: authority })
    const proxy = await start({ protocol })
    const source = sourceOf(certificatesOf(server))
    const target = { ...targetOf(server), proxy: proxy.target() }
    const cluster = new UndiciCluster(
      { server: target, source, rules, namespace: '' },
      { drainMs: 5 },
    )
    server.respondOnce({ statusCode: 401, path: '/upgrade-echo' })
    const { socket } = await cluster.dispatcher.upgrade({ path: '/upgrade-echo', protocol: 'echo' })
    await source.renew()
    await (await cluster.request('/version')).body.dump()
    socket.write('still here')
    const [chunk] = (await once(socket, 'data')) as [Buffer]
    expect(chunk.toString()).toBe('still here')
    await cluster.close()
    await eventually(() => socket.destroyed && proxy.open === 0, 'all connections are closed')
  },
)

test.each(['http', 'https', 'socks5'] as const)(
  'what a proxy of %s sends right behind its answer belongs to the tunnel',
  async (protocol) => {
    const proxy = await start({ protocol, firstBytes: 'first bytes' })
    const target = { host: '127.0.0.1', port: Number(new URL(url).port) }
    const trust = {
      certificateAuthorityPem: authority.certificatePem,
      insecureSkipTlsVerify: false,
    }
    const { signal } = new AbortController()
    const stream = await openTunnel(proxy.target(), trust, { ...target, signal })
    const [chunk] = (await once(stream, 'data')) as [Buffer]
    expect(chunk.toString()).toBe('first bytes')
    stream.write('GET /version HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    expect(await text(stream)).toContain('plain')
    stream.destroy()
  },
)

test('an https proxy must be one of the machine or of the cluster, unless nobody is verified', async () => {
  const proxy = await start({ protocol: 'https' })
  await using server = await startApiServer()
  const connect = (changes: Parameters<typeof targetOf>[1]): UndiciCluster => {
    const target = { ...targetOf(server, changes), proxy: proxy.target() }
    return new UndiciCluster(
      { server: target, source: sourceOf(tokensOf(server)), rules, namespace: '' },
      {},
    )
  }
  await using verifying = connect({})
  await expect(verifying.request('/version')).rejects.toMatchObject({
    code: 'ERR_CONNECTION',
    message:
      'Unable to connect to the server: proxyconnect tcp: tls: failed to verify certificate: x509: certificate signed by unknown authority',
  })
  expect(proxy.heard).toBe('')
  const insecure = { certificateAuthorityPem: undefined, insecureSkipTlsVerify: true }
  await using careless = connect(insecure)
  const { statusCode, body } = await careless.request('/version')
  await body.dump()
  expect(statusCode).toBe(200)
})

test('a proxy with an IPv6 address is reached, and given IPv6 addresses in brackets', async (context) => {
  const proxy = await FakeProxy.start({ address: '::1' }).catch(() => undefined)
  // A machine without IPv6.
  if (proxy === undefined) return context.skip()
  proxies.push(proxy)
  const { port } = new URL(url)
  const { signal } = new AbortController()
  const trust = { certificateAuthorityPem: undefined, insecureSkipTlsVerify: false }
  const target = { host: '2001:db8::1', port: Number(port), signal }
  const stream = await openTunnel(proxy.target(), trust, target)
  expect(stream).toBeInstanceOf(net.Socket)
  expect(proxy.asked[0]?.how).toBe(`CONNECT [2001:db8::1]:${port} HTTP/1.1`)
  stream.destroy()
})
