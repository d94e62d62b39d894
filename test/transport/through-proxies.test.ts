import { createHash } from 'node:crypto'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { KubecredError } from '../../src/errors/kubecred-error.ts'
import { startApiServer, type FakeApiServer } from '../../src/testing/api-server.ts'
import { createCertificateAuthority } from '../../src/testing/certificate-authority.ts'
import type { OutboundProxy } from '../../src/transport/outbound-proxy.ts'
import { FakeProxy, type FakeProxyOptions, type Misbehaviour } from './fake-proxy.ts'
import {
  certificatesOf,
  eventually,
  type ScriptedProvider,
  sourceOf,
  stacks,
  targetOf,
  text,
  tokensOf,
  type TestCluster,
  type TestWiring,
} from './stacks.ts'

const namespaces = '/api/v1/namespaces'
const login = { username: 'ann:c%', password: 'pÃ¤ss w/rd@' }

const authority = createCertificateAuthority()
const identity = authority.issue({
  commonName: 'proxy',
  usage: 'server',
  ipAddresses: ['127.0.0.1'],
})

const protocols: readonly OutboundProxy['protocol'][] = ['http', 'https', 'socks5']

describe.each(stacks)('$name', ({ open, http2 }) => {
  describe.each(protocols)('through a proxy of %s', (protocol) => {
    let server: FakeApiServer
    const proxies: FakeProxy[] = []

    beforeEach(async () => {
      server = await startApiServer({ http2, certificateAuthority: authority })
    })

    afterEach(async () => {
      const used = proxies.splice(0)
      await eventually(() => used.every((proxy) => proxy.open === 0), 'the proxies are free')
      await eventually(() => server.openConnections === 0, 'all connections are closed')
      await Promise.all(used.map((proxy) => proxy.close()))
      await server.close()
    })

    const start = async (options: FakeProxyOptions = {}): Promise<FakeProxy> => {
      const proxy = await FakeProxy.start({ protocol, identity, ...options })
      proxies.push(proxy)
      return proxy
    }

    const connect = (
      provider: ScriptedProvider,
      proxy: OutboundProxy,
      { server: other, ...more }: Partial<TestWiring> = {},
    ): TestCluster => {
      const source = sourceOf(provider, { cooldown: { firstMs: 5, maxMs: 5 } })
      return open({ server: { ...targetOf(server), ...other, proxy }, source, ...more })
    }

    const errorOf = async (cluster: TestCluster): Promise<KubecredError> => {
      const error: unknown = await cluster.send(namespaces).catch((caught: unknown) => caught)
      if (!(error instanceof KubecredError)) throw new Error(`no such error: ${String(error)}`)
      return error
    }

    test('tells the proxy the address of the server and nothing else', async () => {
      const proxy = await start()
      const url = server.url.replace('127.0.0.1', 'localhost')
      await using cluster = connect(tokensOf(server), proxy.target(), {
        server: targetOf(server, { url }),
      })
      const { statusCode, body } = await cluster.send(namespaces)
      await text(body)
      expect([statusCode, server.requests[0]?.user]).toEqual([200, 'alice'])
      expect(proxy.asked).toMatchObject([
        { host: 'localhost', port: server.port, login: undefined, clientCertificate: false },
      ])
      expect(proxy.heard).toBe(
        protocol === 'socks5'
          ? `\u0005\u0001\0\u0005\u0001\0\u0003\u0009localhost${portBytes(server.port)}`
          : `CONNECT localhost:${server.port} HTTP/1.1\r\nHost: localhost:${server.port}\r\nUser-Agent: kubecred/0.1.0\r\n\r\n`,
      )
    })

    test('shows the login that the proxy wants', async () => {
      const proxy = await start({ login })
      await using cluster = connect(tokensOf(server), proxy.target())
      await text((await cluster.send(namespaces)).body)
      expect(proxy.asked).toMatchObject([{ login: `${login.username}:${login.password}` }])
    })

    test("says that the proxy does not take the login, in Go's words and without it", async () => {
      const proxy = await start({ login })
      const wrong = { username: 'ann', password: 'KUBECRED-PLANTED-SECRET-proxy' }
      await using cluster = connect(tokensOf(server), proxy.target(wrong))
      const { code, message, hint } = await errorOf(cluster)
      expect(code).toBe('ERR_CONNECTION')
      expect(message).toMatch(
        protocol === 'socks5'
          ? /^Unable to connect to the server: socks connect tcp .*: username\/password authentication failed$/u
          : /^Unable to connect to the server: Proxy Authentication Required$/u,
      )
      expect(message + hint).not.toMatch(/ann|SECRET/u)
      expect(hint).toContain(proxy.url())
    })

    test('says that the proxy wants a login', async () => {
      const proxy = await start({ login })
      await using cluster = connect(tokensOf(server), { ...proxy.target(), login: undefined })
      const { message, hint } = await errorOf(cluster)
      expect(message).toMatch(/Proxy Authentication Required|no acceptable authentication methods/u)
      expect(hint).toContain('USER:PASSWORD@')
    })

    test('opens tunnels of its own for each identity', async () => {
      const proxy = await start()
      await using cluster = connect(certificatesOf(server), proxy.target())
      await text((await cluster.send(namespaces)).body)
      const before = proxy.asked.length
      await cluster.source.renew()
      await text((await cluster.send(namespaces)).body)
      expect([before, proxy.asked.length]).toEqual([1, 2])
      const certificates = server.requests.map(({ clientCertificateFingerprint: of }) => of)
      expect(new Set(certificates).size).toBe(2)
      expect(proxy.asked.map(({ clientCertificate }) => clientCertificate)).toEqual([false, false])
    })

    test('sends a request again after a 401', async () => {
      const proxy = await start()
      await using cluster = connect(tokensOf(server), proxy.target())
      await text((await cluster.send(namespaces)).body)
      server.revoke(
        /^Bearer (.*)$/u.exec(server.requests[0]?.headers.authorization ?? '')?.[1] ?? '',
      )
      const again = await cluster.send(namespaces)
      await text(again.body)
      expect(again.statusCode).toBe(200)
      expect(server.requests.map(({ statusCode }) => statusCode)).toEqual([200, 401, 200])
    })

    test('carries large bodies both ways', async () => {
      const proxy = await start()
      await using cluster = connect(tokensOf(server), proxy.target())
      const large = Buffer.alloc(8 * 2 ** 20, 'Kubecred ')
      server.intercept((_request, respond) => {
        respond.readBody().then(
          (body) => respond.begin({ statusCode: 200 }).end(body),
          () => undefined,
        )
        return true
      })
      const { body } = await cluster.send('/echo', { method: 'POST', body: large })
      const hash = createHash('sha256')
      for await (const chunk of body) hash.update(chunk as Buffer)
      expect(hash.digest('hex')).toBe(createHash('sha256').update(large).digest('hex'))
    })

    test('understands an answer that comes byte by byte', async () => {
      const proxy = await start({ bytewise: true, login })
      await using cluster = connect(tokensOf(server), proxy.target())
      const { statusCode, body } = await cluster.send(namespaces)
      await text(body)
      expect(statusCode).toBe(200)
    })

    test("fails with the proxy's own words when it refuses", async () => {
      const refusal = protocol === 'socks5' ? 2 : 'HTTP/1.1 403 Forbidden by \u001Bpolicy'
      const proxy = await start({ refusal })
      await using cluster = connect(tokensOf(server), proxy.target())
      const { code, message, hint } = await errorOf(cluster)
      expect([code, message]).toEqual([
        'ERR_CONNECTION',
        protocol === 'socks5'
          ? `Unable to connect to the server: socks connect tcp 127.0.0.1:${proxy.port}->127.0.0.1:${server.port}: unknown error connection not allowed by ruleset`
          : 'Unable to connect to the server: Forbidden by ?policy',
      ])
      expect(hint).toContain(proxy.url())
    })

    test.runIf(protocol !== 'socks5')(
      'does not repeat words of the proxy that give its login away',
      async () => {
        const secret = { username: 'ann', password: 'KUBECRED-PLANTED-SECRET-proxy' }
        const shown = Buffer.from(`ann:${secret.password}`).toString('base64')
        for (const reason of [secret.password, `no ${shown}`, '']) {
          const proxy = await start({ refusal: `HTTP/1.1 407 ${reason}` })
          await using cluster = connect(tokensOf(server), proxy.target(secret))
          const { message } = await errorOf(cluster)
          expect(message).toBe('Unable to connect to the server: the proxy answered 407')
        }
      },
    )

    const broken: readonly Misbehaviour[] = [
      'closes',
      'closes halfway',
      'resets',
      'babbles',
      'never ends',
    ]

    test.each(broken)('fails when the proxy %s, and opens nothing more', async (misbehaviour) => {
      const proxy = await start({ misbehaviour })
      await using cluster = connect(tokensOf(server), proxy.target())
      const error = await errorOf(cluster)
      expect(error).toMatchObject({ code: 'ERR_CONNECTION' })
      expect(error.hint).toContain(proxy.url())
      expect(String(error)).not.toContain('ESMTP')
      expect(proxy.asked).toEqual([])
      await eventually(() => proxy.open === 0, 'the connection to the proxy is closed')
    })

    test('opens one more tunnel for a GET whose tunnel is reset', async () => {
      const proxy = await start({ misbehaviour: 'resets the tunnel' })
      await using cluster = connect(tokensOf(server), proxy.target())
      const sent = cluster.send(namespaces, { retries: { max: 1 } })
      await expect(sent).rejects.toThrow(/ECONNRESET|socket|disconnected|closed the connection/iu)
      expect(proxy.asked).toHaveLength(2)
    })

    test('gives up on a proxy that hangs, after the time that a connection may take', async () => {
      const proxy = await start({ misbehaviour: 'hangs' })
      await using cluster = connect(tokensOf(server), proxy.target(), {
        options: { connectTimeoutMs: 60 },
      })
      expect(await errorOf(cluster)).toMatchObject({
        code: 'ERR_TIMEOUT',
        message: `Unable to connect to the server: the proxy ${proxy.url()} opened no tunnel to 127.0.0.1:${server.port} in 0.06 s`,
      })
    })

    test('leaves no connection when it is closed before the tunnel stands', async () => {
      const proxy = await start({ misbehaviour: 'hangs' })
      const cluster = connect(tokensOf(server), proxy.target())
      const request = cluster.send(namespaces)
      request.catch(() => undefined)
      await eventually(() => proxy.heard !== '', 'the proxy is asked')
      await cluster.close()
      await expect(request).rejects.toMatchObject({ code: 'ERR_CLOSED' })
      await eventually(() => proxy.open === 0, 'the connection to the proxy is closed')
    })

    test('ends a request that is aborted before the tunnel stands', async () => {
      const proxy = await start({ misbehaviour: 'hangs' })
      const stop = new AbortController()
      await using cluster = connect(tokensOf(server), proxy.target())
      const request = cluster.send(namespaces, { signal: stop.signal })
      request.catch(() => undefined)
      await eventually(() => proxy.heard !== '', 'the proxy is asked')
      stop.abort(new Error('enough'))
      await expect(request).rejects.toThrow('enough')
    })

    test('names the proxy that is not there, and not the server', async () => {
      const gone = await FakeProxy.start({ protocol, identity })
      await gone.close()
      await using cluster = connect(tokensOf(server), gone.target())
      const { code, message, hint } = await errorOf(cluster)
      expect([code, message]).toEqual([
        'ERR_CONNECTION',
        `Unable to connect to the server: proxyconnect tcp: dial tcp 127.0.0.1:${gone.port}: connect: connection refused`,
      ])
      expect(hint).toContain(gone.url())
    })

    test('verifies the server through the tunnel', async () => {
      const proxy = await start()
      const { certificatePem } = createCertificateAuthority()
      await using cluster = connect(tokensOf(server), proxy.target(), {
        server: targetOf(server, {
          certificateAuthorityPem: protocol === 'https' ? authority.certificatePem : certificatePem,
          tlsServerName: protocol === 'https' ? 'elsewhere.example' : '',
        }),
      })
      await expect(cluster.send(namespaces)).rejects.toThrow(/authority|certificate|altname/iu)
      expect([proxy.asked.length, server.requests.length]).toEqual([1, 0])
    })

    test("takes the caller's own function instead", async () => {
      const proxy = await start()
      await using cluster = connect(tokensOf(server), proxy.target(), {
        options: { connect: () => Promise.reject(new Error('dialled')) },
      })
      await expect(cluster.send(namespaces)).rejects.toThrow(/dialled/u)
      expect(proxy.heard).toBe('')
    })
  })
})

function portBytes(port: number): string {
  return String.fromCodePoint(port >> 8, port & 255)
}
