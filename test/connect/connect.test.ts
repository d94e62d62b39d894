import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import type { JsonObject } from '../../src/api/json.ts'
import { connect as connectHttps, type ConnectHttpsOptions } from '../../src/doors/https.ts'
import { credentialSource, loadKubeconfig, selectConnection } from '../../src/doors/index.ts'
import { connect as connectUndici } from '../../src/doors/undici.ts'
import type { ConnectOptions } from '../../src/connect/wire.ts'
import { thisHost, type Host } from '../../src/host/host.ts'
import { version } from '../../src/host/version.ts'
import { startApiServer, type FakeApiServer } from '../../src/testing/api-server.ts'
import { writeKubeconfig } from '../../src/testing/fake-kubeconfig.ts'
import { createFakeClock } from '../../src/testing/fake-clock.ts'
import { createFakePlugin, type FakePlugin } from '../../src/testing/fake-plugin.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { FakeProxy } from '../transport/fake-proxy.ts'
import { eventually, stacks, text } from '../transport/stacks.ts'

const folder = temporaryFolder()
const namespaces = '/api/v1/namespaces'
const base64 = (data: string): string => Buffer.from(data, 'utf8').toString('base64')

let server: FakeApiServer
let plugin: FakePlugin
let count = 0

beforeEach(async () => {
  server = await startApiServer()
  const directory = join(folder, `plugin-${count++}`)
  mkdirSync(directory)
  plugin = await createFakePlugin({ directory })
})

afterEach(async () => {
  await eventually(() => server.openConnections === 0, 'all connections are closed')
  await server.close()
})

async function kubeconfigFor(user: JsonObject, cluster: JsonObject = {}): Promise<string> {
  const path = join(folder, `config-${count++}`)
  await writeKubeconfig(path, server.kubeconfig({ user, cluster, namespace: 'team' }))
  return path
}

const execUser = (more: JsonObject = {}): JsonObject => ({
  exec: {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: plugin.command,
    interactiveMode: 'Never',
    ...more,
  },
})

async function get(options: ConnectOptions, path = namespaces): Promise<number> {
  await using cluster = await connectHttps(options)
  const { statusCode, body } = await cluster.request(path)
  await text(body)
  return statusCode
}

describe('connect', () => {
  test.each(['token', 'certificate', 'both'] as const)(
    'uses what a plugin gives: %s',
    async (kind) => {
      await plugin.behave({ issueFrom: { url: server.pluginEndpoint, kind, user: 'dora' } })
      const kubeconfig = await kubeconfigFor(execUser())
      expect(await get({ kubeconfig })).toBe(200)
      const [request] = server.requests
      expect(request?.user).toBe('dora')
      expect(request?.headers.authorization !== undefined).toBe(kind !== 'certificate')
      expect(request?.clientCertificateFingerprint !== undefined).toBe(kind !== 'token')
    },
  )

  test('renews as it is told, by every door', async () => {
    const clock = createFakeClock()
    const expiresAt = new Date(clock.now() + 100_000).toISOString().replace(/\.\d+Z$/u, 'Z')
    const status = { token: 'KUBECRED-PLANTED-SECRET-a', expirationTimestamp: expiresAt }
    await plugin.behave({ credential: { status } })
    const kubeconfig = await kubeconfigFor(execUser())
    const config = selectConnection(await loadKubeconfig({ path: kubeconfig }))
    const renewal = { clock, renewAhead: 0.5 }
    await using one = await connectHttps({ kubeconfig, renewal, shared: false })
    await using two = await connectUndici({ kubeconfig, renewal, shared: false })
    await using three = await credentialSource(config, { renewal, shared: false })
    const sources = [one.source, two.source, three]
    for (const source of sources) await source.get()
    clock.advance(49_999)
    for (const source of sources) source.current()
    expect(await plugin.runs()).toHaveLength(3)
    clock.advance(1)
    for (const source of sources) source.current()
    await expect.poll(async () => (await plugin.runs()).length).toBe(6)
  })

  test('has a deadline for its plugin, by every door', async () => {
    await plugin.behave({ hang: true })
    const kubeconfig = await kubeconfigFor(execUser())
    const config = selectConnection(await loadKubeconfig({ path: kubeconfig }))
    const options = { kubeconfig, shared: false, renewal: { deadlineMs: 300 } }
    await using one = await connectHttps(options)
    await using two = await connectUndici(options)
    await using three = await credentialSource(config, options)
    const late = { code: 'ERR_RENEWAL_DEADLINE', message: expect.stringContaining('within 0.3 s') }
    await expect(one.request('/version')).rejects.toMatchObject(late)
    await expect(two.request('/version')).rejects.toMatchObject(late)
    await expect(three.get()).rejects.toMatchObject(late)
  })

  test.each([
    [{ deadlineMs: 0 }, '"deadlineMs" must be milliseconds, more than zero: 0'],
    [
      { aheadDeadlineMs: Number.NaN },
      '"aheadDeadlineMs" must be milliseconds, more than zero: NaN',
    ],
    [{ renewAhead: 80 }, '"renewAhead" must be false, or between 0 and 1: 80'],
  ])('refuses %o by every door, before it reads anything', async (renewal, message) => {
    const kubeconfig = join(folder, 'nowhere')
    const refusal = new TypeError(message)
    await expect(connectHttps({ kubeconfig, renewal })).rejects.toThrow(refusal)
    await expect(connectUndici({ kubeconfig, renewal })).rejects.toThrow(refusal)
    const path = await kubeconfigFor({ token: 'KUBECRED-PLANTED-SECRET-b' })
    const config = selectConnection(await loadKubeconfig({ path }))
    await expect(credentialSource(config, { renewal })).rejects.toThrow(refusal)
  })

  test.each<[ConnectHttpsOptions, string]>([
    // As a program in JavaScript may write them.
    [JSON.parse('{"connect":"x"}'), '"connect" must be a function: string'],
    [JSON.parse('{"drainMs":"5s"}'), '"drainMs" must be a number: string'],
  ])('refuses %o by both stacks, before a request', async (options, message) => {
    const kubeconfig = await kubeconfigFor({ token: 'KUBECRED-PLANTED-SECRET-b' })
    const refusal = new TypeError(message)
    await expect(connectHttps({ ...options, kubeconfig })).rejects.toThrow(refusal)
    await expect(connectUndici({ ...options, kubeconfig })).rejects.toThrow(refusal)
  })

  test('works alike on both stacks, and closes its source with them', async () => {
    await plugin.behave({ issueFrom: { url: server.pluginEndpoint } })
    const kubeconfig = await kubeconfigFor(execUser())
    for (const open of [connectHttps, connectUndici]) {
      const cluster = await open({ kubeconfig })
      const { statusCode, body } = await cluster.request(namespaces)
      await text(body)
      expect(statusCode).toBe(200)
      expect(cluster.namespace).toBe('team')
      expect(cluster.server).toBe(server.url)
      expect(cluster.url('/x').href).toBe(`${server.url}/x`)
      await cluster.close()
      expect(cluster.source.current()).toBeUndefined()
    }
  })

  test('tells the plugin about the cluster when its entry wants that', async () => {
    await plugin.behave({ issueFrom: { url: server.pluginEndpoint } })
    const user = execUser({ provideClusterInfo: true })
    const kubeconfig = await kubeconfigFor(user, {
      extensions: [{ name: 'client.authentication.k8s.io/exec', extension: { b: 1, a: '<&>' } }],
      'tls-server-name': 'localhost',
    })
    expect(await get({ kubeconfig })).toBe(200)
    const [run] = await plugin.runs()
    const { spec } = JSON.parse(run?.execInfo ?? '') as { spec: { cluster: JsonObject } }
    expect(spec.cluster).toEqual({
      server: server.url,
      'tls-server-name': 'localhost',
      'certificate-authority-data': base64(server.certificateAuthorityPem),
      config: { a: '<&>', b: 1 },
    })
  })

  test('does not tell it otherwise', async () => {
    await plugin.behave({ issueFrom: { url: server.pluginEndpoint } })
    expect(await get({ kubeconfig: await kubeconfigFor(execUser()) })).toBe(200)
    const [run] = await plugin.runs()
    expect(run?.execInfo).toBe(
      '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","spec":{"interactive":false}}\n',
    )
  })

  test('does not run the plugin when the kubeconfig has a token', async () => {
    const { token } = server.issueToken({ user: 'eve' })
    expect(await get({ kubeconfig: await kubeconfigFor({ ...execUser(), token }) })).toBe(200)
    expect(server.requests[0]?.user).toBe('eve')
    expect(await plugin.runs()).toEqual([])
  })

  test('reads a token file, and again after a 401', async () => {
    const tokenFile = join(folder, `token-${count++}`)
    writeFileSync(tokenFile, `${server.issueToken().token}\n`)
    await using cluster = await connectHttps({ kubeconfig: await kubeconfigFor({ tokenFile }) })
    await text((await cluster.request(namespaces)).body)
    server.revoke('all')
    writeFileSync(tokenFile, server.issueToken({ user: 'fred' }).token)
    const { statusCode, body } = await cluster.request(namespaces)
    await text(body)
    expect([statusCode, server.requests.at(-1)?.user]).toEqual([200, 'fred'])
  })

  test('sends user and password', async () => {
    const kubeconfig = await kubeconfigFor({ username: 'ann', password: 'pä:ss' })
    expect(await get({ kubeconfig })).toBe(401)
    expect(server.requests[0]?.headers.authorization).toBe(`Basic ${base64('ann:pä:ss')}`)
  })

  test('shows a client certificate that the kubeconfig has, as data and as files', async () => {
    const { certificatePem, privateKeyPem } = server.issueCertificate({ user: 'gus' })
    const [cert, key] = [join(folder, `cert-${count++}`), join(folder, `key-${count++}`)]
    writeFileSync(cert, certificatePem)
    writeFileSync(key, privateKeyPem)
    const users: JsonObject[] = [
      {
        'client-certificate-data': base64(certificatePem),
        'client-key-data': base64(privateKeyPem),
      },
      { 'client-certificate': cert, 'client-key': key },
      { 'client-certificate': cert, 'client-key-data': base64(privateKeyPem) },
      { 'client-certificate-data': base64(certificatePem), 'client-key': key },
    ]
    for (const user of users) expect(await get({ kubeconfig: await kubeconfigFor(user) })).toBe(200)
    expect(server.requests.map(({ user }) => user)).toEqual(['gus', 'gus', 'gus', 'gus'])
  })

  test('says whose certificate does not fit its key', async () => {
    const one = server.issueCertificate()
    const other = server.issueCertificate()
    const kubeconfig = await kubeconfigFor({
      'client-certificate-data': base64(one.certificatePem),
      'client-key-data': base64(other.privateKeyPem),
    })
    await expect(get({ kubeconfig })).rejects.toMatchObject({
      code: 'ERR_CREDENTIAL_INVALID',
      message: 'tls: private key does not match public key (client certificate of user "fake")',
    })
  })

  test('impersonates, and lets the overrides win', async () => {
    const kubeconfig = await kubeconfigFor({ token: 'wrong', as: 'hal' })
    const { token } = server.issueToken({ user: 'admin' })
    expect(await get({ kubeconfig, token, impersonate: { user: 'ivy', groups: ['g'] } })).toBe(200)
    expect(server.requests[0]?.user).toBe('ivy')
    expect(server.requests[0]?.headers['impersonate-group']).toBe('g')
  })

  test('sends its name and version', async () => {
    const { token } = server.issueToken()
    const kubeconfig = await kubeconfigFor({ token })
    await get({ kubeconfig })
    await get({ kubeconfig, userAgent: 'mine/1' })
    expect(server.requests.map(({ headers }) => headers['user-agent'])).toEqual([
      `kubecred/${version} (${process.platform})`,
      'mine/1',
    ])
  })

  test('trusts an authority from a file, and names the file when it cannot be read', async () => {
    const { token } = server.issueToken()
    const ca = join(folder, `ca-${count++}`)
    writeFileSync(ca, server.certificateAuthorityPem)
    const path = await kubeconfigFor({ token })
    expect(await get({ kubeconfig: path, certificateAuthority: ca })).toBe(200)
    await expect(get({ kubeconfig: path, certificateAuthority: `${ca}.gone` })).rejects.toThrow(
      `${ca}.gone`,
    )
  })

  test('tells everything that is wrong at once, files that cannot be read included', async () => {
    const missing = join(folder, 'missing')
    const user = { 'client-certificate': missing, 'client-key': missing, 'as-uid': '7' }
    const cluster = {
      'certificate-authority': missing,
      'certificate-authority-data': base64(server.certificateAuthorityPem),
    }
    const kubeconfig = await kubeconfigFor(user, cluster)
    const { clusters, users } = await loadKubeconfig({ path: kubeconfig })
    const [ofCluster, ofUser] = [[...clusters.keys()].join(), [...users.keys()].join()]
    const why = `due to open ${missing}: no such file or directory`
    const problems = [
      `unable to read client-cert ${missing} for ${ofUser} ${why}`,
      `unable to read client-key ${missing} for ${ofUser} ${why}`,
      `requesting uid, groups or user-extra for ${ofUser} without impersonating a user`,
      'certificate-authority-data and certificate-authority are both specified for ' +
        `${ofCluster}. certificate-authority-data will override.`,
      `unable to read certificate-authority ${missing} for ${ofCluster} ${why}`,
    ]
    await expect(get({ kubeconfig })).rejects.toMatchObject({
      code: 'ERR_KUBECONFIG_INVALID',
      message: `invalid configuration: [${problems.join(', ')}]`,
    })
  })

  test('pays no heed to trust without TLS, not even to a contradiction', async () => {
    const kubeconfig = await kubeconfigFor(
      { token: 't' },
      { server: 'http://127.0.0.1:1', 'insecure-skip-tls-verify': true },
    )
    const ca = join(folder, `ca-${count++}`)
    writeFileSync(ca, 'no certificate')
    await expect(get({ kubeconfig })).rejects.toMatchObject({ code: 'ERR_CONNECTION' })
    const both = { kubeconfig, certificateAuthority: ca, insecureSkipTlsVerify: true }
    await expect(get(both)).rejects.toMatchObject({ code: 'ERR_CONNECTION' })
  })

  // Over undici 7 the library does not speak it.
  test.skipIf(!stacks.some(({ http2 }) => http2)).each([
    ['speaks HTTP/2 when the program asks for it', {}, '2.0'],
    ['does not where DISABLE_HTTP2 forbids it', { DISABLE_HTTP2: 'true' }, '1.1'],
    ['takes an empty DISABLE_HTTP2 for none', { DISABLE_HTTP2: '' }, '2.0'],
  ])('%s', async (_what, env, httpVersion) => {
    const { token } = server.issueToken()
    const kubeconfig = await kubeconfigFor({ token })
    const host: Host = { ...thisHost(), env }
    await using cluster = await connectUndici({ kubeconfig, host, http2: true })
    await text((await cluster.request(namespaces)).body)
    expect(server.requests.map((request) => request.httpVersion)).toEqual([httpVersion])
  })

  test('goes through the proxy of the kubeconfig, unless the caller opens the connections', async () => {
    await using proxy = await FakeProxy.start()
    const { token } = server.issueToken()
    const kubeconfig = await kubeconfigFor({ token }, { 'proxy-url': proxy.url('ann:pw@') })
    expect(await get({ kubeconfig, host: { ...thisHost(), env: { NO_PROXY: '*' } } })).toBe(200)
    expect(proxy.asked).toMatchObject([{ port: server.port, login: 'ann:pw' }])
    const dial = (): Promise<never> => Promise.reject(new Error('dialled'))
    await using cluster = await connectHttps({ kubeconfig, connect: dial })
    await expect(cluster.request(namespaces)).rejects.toThrow('dialled')
    expect(proxy.asked).toHaveLength(1)
  })

  test('goes through the proxy of the environment that its host has, also with undici', async () => {
    await using proxy = await FakeProxy.start({
      route: () => ({ host: '127.0.0.1', port: server.port }),
    })
    const { token } = server.issueToken()
    const changes = { server: 'https://api.example.com:6443', 'tls-server-name': 'localhost' }
    const kubeconfig = await kubeconfigFor({ token }, changes)
    const host: Host = { ...thisHost(), env: { HTTPS_PROXY: proxy.url() } }
    expect(await get({ kubeconfig, host })).toBe(200)
    await using cluster = await connectUndici({ kubeconfig, host })
    const { statusCode, body } = await cluster.request(namespaces)
    await body.dump()
    expect(statusCode).toBe(200)
    expect(proxy.asked.map(({ how }) => how)).toEqual([
      'CONNECT api.example.com:6443 HTTP/1.1',
      'CONNECT api.example.com:6443 HTTP/1.1',
    ])
  })

  test('tells a plugin of the proxy that the kubeconfig has, not of that of the environment', async () => {
    await using proxy = await FakeProxy.start({
      route: () => ({ host: '127.0.0.1', port: server.port }),
    })
    const host: Host = { ...thisHost(), env: { ...process.env, HTTPS_PROXY: proxy.url() } }
    const seen: unknown[] = []
    for (const proxyUrl of ['', proxy.url()]) {
      await plugin.behave({ issueFrom: { url: server.pluginEndpoint } })
      const kubeconfig = await kubeconfigFor(execUser({ provideClusterInfo: true }), {
        server: 'https://api.example.com',
        'tls-server-name': 'localhost',
        'proxy-url': proxyUrl,
      })
      expect(await get({ kubeconfig, host })).toBe(200)
      const run = (await plugin.runs()).at(-1)
      const { spec } = JSON.parse(run?.execInfo ?? '') as { spec: { cluster: JsonObject } }
      seen.push(spec.cluster['proxy-url'])
    }
    expect(seen).toEqual([undefined, proxy.url()])
    expect(proxy.asked).toHaveLength(2)
  })

  test('names the plugin to use instead of an auth provider', async () => {
    const kubeconfig = await kubeconfigFor({ 'auth-provider': { name: 'oidc' } })
    await expect(get({ kubeconfig })).rejects.toMatchObject({
      code: 'ERR_KUBECONFIG_INVALID',
      hint: expect.stringContaining('oidc_login') as string,
    })
  })

  test('takes KUBECONFIG from the host it is given', async () => {
    const { token } = server.issueToken()
    const path = await kubeconfigFor({ token })
    const host: Host = { ...thisHost(), env: { KUBECONFIG: path } }
    expect(await get({ host })).toBe(200)
  })

  test('says that there is no configuration', async () => {
    const host: Host = { ...thisHost(), env: {}, home: join(folder, 'nobody') }
    await expect(get({ host })).rejects.toMatchObject({ code: 'ERR_NO_CONFIGURATION' })
  })

  test('sends no credential to a server without TLS', async () => {
    const kubeconfig = await kubeconfigFor(execUser(), { server: 'http://127.0.0.1:1' })
    await expect(get({ kubeconfig })).rejects.toMatchObject({ code: 'ERR_CONNECTION' })
    expect(await plugin.runs()).toEqual([])
  })
})

test('credentialSource gives the credential alone, to be spent elsewhere', async () => {
  await plugin.behave({ issueFrom: { url: server.pluginEndpoint, lifetimeMs: 60_000 } })
  const kubeconfig = await loadKubeconfig({ path: await kubeconfigFor(execUser()) })
  await using source = await credentialSource(selectConnection(kubeconfig))
  expect(source.current()).toBeUndefined()
  const credential = await source.get()
  expect(source.current()).toBe(credential)
  expect(credential.authorization?.reveal()).toBe(`Bearer ${credential.token?.reveal()}`)
  expect(server.requests).toEqual([])
})
