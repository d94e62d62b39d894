import { writeFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

import { afterEach, describe, expect, test } from 'vitest'

import { connect } from '../../src/doors/https.ts'
import { KubecredError } from '../../src/errors/kubecred-error.ts'
import { thisHost } from '../../src/host/host.ts'
import { createCertificateAuthority } from '../../src/testing/certificate-authority.ts'
import { startApiServer, type FakeApiServer } from '../../src/testing/api-server.ts'
import { difference } from '../differences.ts'
import { besideKubectl, hasKubectl, kubectl } from '../kubeconfig/kubectl.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { FakeProxy, type FakeProxyOptions } from '../transport/fake-proxy.ts'

const folder = temporaryFolder()
const authority = createCertificateAuthority()
const identity = authority.issue({
  commonName: 'proxy',
  usage: 'server',
  ipAddresses: ['127.0.0.1'],
})
const login = { username: 'ann:b', password: 'p@ss w/rd%' }
const loginInUrl = 'ann%3Ab:p%40ss%20w%2Frd%25@'

/** An address of this machine that Go would use a proxy for. */
const outside = Object.values(networkInterfaces())
  .flat()
  .find((one) => one?.family === 'IPv4' && !one.internal)?.address

const servers: { close(): Promise<void> }[] = []
let count = 0

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()))
})

async function startServer(): Promise<FakeApiServer> {
  const server = await startApiServer({ certificateAuthority: authority, http2: false })
  servers.push(server)
  return server
}

async function startProxy(options: FakeProxyOptions = {}): Promise<FakeProxy> {
  const proxy = await FakeProxy.start({ identity, ...options })
  servers.push(proxy)
  return proxy
}

interface Cluster {
  readonly server: string
  readonly 'proxy-url'?: string
}

function kubeconfigFor(server: FakeApiServer, changes: Partial<Cluster>): string {
  const file = join(folder, `config-${count++}`)
  const { token } = server.issueToken()
  writeFileSync(
    file,
    JSON.stringify(server.kubeconfig({ user: { token }, cluster: { ...changes } })),
  )
  return file
}

type Env = Readonly<Record<string, string>>

/** What kubectl and Kubecred print, one after the other. */
async function both(kubeconfig: string, env: Env = {}): Promise<readonly [string, string]> {
  const args = ['--kubeconfig', kubeconfig, 'get', '--raw', '/version']
  const { ok, stdout, stderr } = await kubectl(args, env)
  return [ok ? stdout : stderr.trim(), await ours(kubeconfig, env)]
}

async function ours(kubeconfig: string, env: Env): Promise<string> {
  try {
    await using cluster = await connect({ kubeconfig, host: { ...thisHost(), env } })
    return await text((await cluster.request('/version')).body)
  } catch (error) {
    return error instanceof KubecredError ? error.message : String(error)
  }
}

describe.skipIf(!hasKubectl)(besideKubectl('beside kubectl'), () => {
  test.each(['http', 'https', 'socks5'] as const)(
    'a proxy-url of %s hears the same, login included',
    async (protocol) => {
      const server = await startServer()
      const proxy = await startProxy({ protocol, login })
      const kubeconfig = kubeconfigFor(server, {
        server: server.url.replace('127.0.0.1', 'localhost'),
        'proxy-url': proxy.url(loginInUrl),
      })
      const [theirs, mine] = await both(kubeconfig, { NO_PROXY: '*' })
      expect(mine).toBe(theirs)
      expect(theirs).toContain('gitVersion')
      const [first, second] = proxy.asked
      expect(proxy.asked).toHaveLength(2)
      expect(second).toEqual(first)
      expect(first).toMatchObject({
        host: 'localhost',
        login: `${login.username}:${login.password}`,
      })
    },
  )

  test.each([
    ['http', { refusal: 'HTTP/1.1 503 Out of order' }],
    ['http', { refusal: 'HTTP/1.1 200X' }],
    ['http', { login }],
    ['http', { misbehaviour: 'closes' }],
    ['http', { misbehaviour: 'babbles' }],
    ['http', { refusal: 'HTTP/1.1 204 No Content' }],
    ['https', { refusal: 'HTTP/1.1 403 Forbidden' }],
    ['socks5', { login }],
    ['socks5', { refusal: 1 }],
    ['socks5', { refusal: 5 }],
    ['socks5', { refusal: 99 }],
    ['http', { misbehaviour: 'closes halfway' }],
    ['http', { refusal: 'HTTP/x 200 OK' }],
    ['http', { refusal: 'HTTP/1.1' }],
    ['socks5', { misbehaviour: 'closes halfway' }],
    ['socks5', { misbehaviour: 'closes' }],
    ['socks5', { misbehaviour: 'babbles' }],
  ] as const)('a proxy of %s that fails has the same words: %j', async (protocol, options) => {
    const server = await startServer()
    const proxy = await startProxy({ protocol, ...options })
    const [theirs, mine] = await both(kubeconfigFor(server, { 'proxy-url': proxy.url() }))
    // What a proxy says that is no answer is not repeated.
    expect(mine).toBe(theirs.replace(/(malformed HTTP (?:response|status code|version)).*/u, '$1'))
  })

  test('a proxy that is not there is told apart from the server', async () => {
    difference('names-the-proxy')
    const server = await startServer()
    const [theirs, mine] = await both(kubeconfigFor(server, { 'proxy-url': 'http://127.0.0.1:1' }))
    expect(theirs).toContain('was refused - did you specify the right host or port?')
    expect(mine).toContain('proxyconnect tcp: dial tcp 127.0.0.1:1: connect: connection refused')
  })

  test.each(['http://127.0.0.1:99999', 'http://nowhere.invalid:3128'])(
    'the proxy %s cannot be reached in the same words',
    async (url) => {
      const server = await startServer()
      const [theirs, mine] = await both(kubeconfigFor(server, { 'proxy-url': url }))
      expect(mine).toBe(theirs.replace(/ on [\d.:[\]a-f]+: no such host/u, ': no such host'))
    },
  )

  test('a proxy-url without a host is refused rather than taken for this machine', async () => {
    difference('proxy-without-host')
    const server = await startServer()
    const [theirs, mine] = await both(kubeconfigFor(server, { 'proxy-url': 'http://' }))
    expect(theirs).toContain('was refused - did you specify')
    expect(mine).toMatch(/^invalid configuration: invalid 'proxy-url' for cluster ".*": no host$/u)
  })

  test('an https proxy is shown no client certificate, and may have one of the machine', async () => {
    difference('proxy-identity')
    const server = await startServer()
    const proxy = await startProxy({ protocol: 'https' })
    const { certificatePem, privateKeyPem } = server.issueCertificate({ user: 'alice' })
    const file = join(folder, `config-${count++}`)
    const user = {
      'client-certificate-data': Buffer.from(certificatePem).toString('base64'),
      'client-key-data': Buffer.from(privateKeyPem).toString('base64'),
    }
    const cluster = { 'proxy-url': proxy.url() }
    writeFileSync(file, JSON.stringify(server.kubeconfig({ user, cluster })))
    const [theirs, mine] = await both(file)
    expect(mine).toBe(theirs)
    expect(proxy.asked.map(({ clientCertificate }) => clientCertificate)).toEqual([true, false])
  })
})

const canSkipLoopback = hasKubectl && outside !== undefined
const withoutOutside =
  outside === undefined ? ' (skipped: the machine has no address but loopback)' : ''

describe.skipIf(!canSkipLoopback)(besideKubectl(`the environment${withoutOutside}`), () => {
  const address = outside ?? ''

  /** A server that seems to stand at an address of the machine which is not loopback. */
  async function outsideServer(): Promise<readonly [FakeApiServer, string]> {
    const server = await startServer()
    const url = server.url.replace('127.0.0.1', address)
    const file = join(folder, `config-${count++}`)
    const { token } = server.issueToken()
    const cluster = { server: url, 'tls-server-name': 'localhost' }
    writeFileSync(file, JSON.stringify(server.kubeconfig({ user: { token }, cluster })))
    return [server, file]
  }

  const uses: readonly (readonly [string, (url: string) => Env])[] = [
    ['HTTPS_PROXY', (url) => ({ HTTPS_PROXY: url })],
    ['https_proxy', (url) => ({ https_proxy: url })],
    ['a host and port alone', (url) => ({ HTTPS_PROXY: url.replace('http://', '') })],
    ['a login', (url) => ({ HTTPS_PROXY: url.replace('//', '//ann:pw@') })],
    ['capitals first', (url) => ({ HTTPS_PROXY: url, https_proxy: 'http://127.0.0.1:1' })],
    ['another NO_PROXY', (url) => ({ HTTPS_PROXY: url, NO_PROXY: `${address}:1,example.com` })],
    ['NO_PROXY in capitals first', (url) => ({ HTTPS_PROXY: url, NO_PROXY: 'x', no_proxy: '*' })],
  ]

  test.each(uses)('is used alike: %s', async (_what, envFor) => {
    const [, file] = await outsideServer()
    const proxy = await startProxy()
    const [theirs, mine] = await both(file, envFor(proxy.url()))
    expect(mine).toBe(theirs)
    expect(theirs).toContain('gitVersion')
    expect(proxy.asked).toHaveLength(2)
    expect(proxy.asked[1]).toEqual(proxy.asked[0])
    expect(proxy.asked[0]?.host).toBe(address)
  })

  const passedOver: readonly (readonly [string, Env])[] = [
    ['the address in NO_PROXY', { NO_PROXY: address }],
    ['a range in NO_PROXY', { NO_PROXY: `10.255.255.255/32,${address}/24` }],
    ['a range with leading zeros', { NO_PROXY: `0${address}/032` }],
    ['everything in no_proxy', { no_proxy: '*' }],
  ]

  test.each(passedOver)('is passed over alike: %s', async (_what, env) => {
    const [, file] = await outsideServer()
    const proxy = await startProxy()
    const [theirs, mine] = await both(file, { ...env, HTTPS_PROXY: proxy.url() })
    // Nothing listens there: that shows the way without a proxy.
    expect(mine).toBe(theirs)
    expect(theirs).toContain('was refused')
    expect(proxy.asked).toHaveLength(0)
  })

  test('is passed over for loopback, and for what HTTP_PROXY alone names', async () => {
    const server = await startServer()
    const proxy = await startProxy()
    const [theirs, mine] = await both(kubeconfigFor(server, {}), { HTTPS_PROXY: proxy.url() })
    expect([mine, theirs.includes('gitVersion')]).toEqual([theirs, true])
    const [, file] = await outsideServer()
    await both(file, { HTTP_PROXY: proxy.url() })
    expect(proxy.asked).toHaveLength(0)
  })
})
