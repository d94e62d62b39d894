import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { inspect } from 'node:util'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { plantedSecret, SecretWatch } from '../../scripts/suite/planted-secret.ts'
import { openTokenFile } from '../../src/doors/file.ts'
import { connect as connectHttps } from '../../src/doors/https.ts'
import { subscribe, type JsonObject, type KubecredEventName } from '../../src/doors/index.ts'
import { Metrics } from '../../src/doors/metrics.ts'
import {
  createFakePlugin,
  startApiServer,
  writeKubeconfig,
  type FakeApiServer,
  type FakePlugin,
  type PluginBehaviour,
} from '../../src/doors/testing.ts'
import {
  clusterObjects,
  fileTokenStore,
  readProjectedVolume,
  TokenManager,
  VolumeKeeper,
} from '../../src/doors/token.ts'
import { connect as connectUndici } from '../../src/doors/undici.ts'
import { KubecredProcess } from '../cli/kubecred-process.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { until } from '../testing/until.ts'
import { FakeTokenServer, settled } from '../token/fake-token-server.ts'

// Everything secret that a program with Kubecred has to do with is planted here, and everything that
// comes out of it is searched. What the whole suite prints is searched beside that: see runVitest.

const planted = (what: string): string => `${plantedSecret}-${what}`
const folder = temporaryFolder()

/** What came out, by where it came out. */
const shown: (readonly [where: string, what: string])[] = []
const show = (where: string, what: string): void => void shown.push([where, what])

let server: FakeApiServer
let plugin: FakePlugin
let certificate: { readonly certificatePem: string; readonly privateKeyPem: string }
let ends: (() => void)[] = []
let metrics: Metrics
let configs = 0

const allEvents: Readonly<Record<KubecredEventName, true>> = {
  'kubecred:exec:policy': true,
  'kubecred:exec:start': true,
  'kubecred:exec:end': true,
  'kubecred:credential:renewed': true,
  'kubecred:credential:failed': true,
  'kubecred:credential:rejected': true,
  'kubecred:file:changed': true,
  'kubecred:file:failed': true,
  'kubecred:token:warning': true,
  'kubecred:token:check-failed': true,
  'kubecred:token:recreated': true,
  'kubecred:token:removed': true,
  'kubecred:projection:written': true,
  'kubecred:projection:failed': true,
  'kubecred:token:restored': true,
  'kubecred:token:store-failed': true,
  'kubecred:transport:replay': true,
  'kubecred:transport:retry': true,
  'kubecred:transport:rotation': true,
}

beforeAll(async () => {
  server = await startApiServer({ tokens: { [planted('good')]: { user: 'alice' } } })
  plugin = await createFakePlugin({ directory: folder })
  certificate = server.issueCertificate()
  metrics = new Metrics()
  // Its keys are those of the type that names every event, so none can be forgotten.
  const names = Object.keys(allEvents) as KubecredEventName[]
  ends = names.map((name) =>
    subscribe(name, (event) => {
      show(name, JSON.stringify(event) + inspect(event, { depth: Infinity, showHidden: true }))
    }),
  )
  const onWarning = (warning: Error): void => showAll('a warning of the process', warning)
  process.on('warning', onWarning)
  ends.push(() => process.off('warning', onWarning))
})

afterAll(async () => {
  for (const end of ends) end()
  metrics[Symbol.dispose]()
  await server.close()
})

/** Shows a value in every way in which programs write one down. */
function showAll(where: string, value: unknown): void {
  show(where, inspect(value, { depth: 9, showHidden: true, maxArrayLength: 50 }))
  show(where, String(value))
  show(where, asJson(value))
  for (
    let each = value, depth = 0;
    each instanceof Error && depth < 10;
    each = each.cause, depth++
  ) {
    show(
      where,
      `${each.stack ?? ''} ${each.message} ${inspect(Object.entries(each), { depth: 9 })}`,
    )
    show(where, inspect(structuredClone(plain(each))))
  }
}

// Of what an error carries only data can be cloned.
function plain(error: Error): Error {
  const { message, stack, name } = error
  return Object.assign(new Error(message), { stack, name })
}

function asJson(value: unknown): string {
  try {
    return JSON.stringify({ value })
  } catch (error) {
    return String(error)
  }
}

const reply = (status: JsonObject): PluginBehaviour => ({ credential: { status } })
const chatter = `refresh_token=${planted('refresh')}\npassword: ${planted('typed')}\n`

/** How a plugin goes, with a secret in each of its words. */
const behaviours: readonly (readonly [string, () => PluginBehaviour])[] = [
  ['works', () => reply({ token: planted('good') })],
  ['gives a token that is refused', () => reply({ token: planted('refused') })],
  ['gives a pair', () => reply(pairOf(certificate.certificatePem, certificate.privateKeyPem))],
  ['gives half a pair', () => reply(pairOf(certificate.certificatePem, planted('key')))],
  ['gives a pair that is none', () => reply(pairOf(planted('crt'), certificate.privateKeyPem))],
  ['gives a token with a line end', () => reply({ token: `${planted('line')}\nend` })],
  ['prints garbage', () => ({ stdout: planted('garbage') })],
  ['prints half a reply', () => ({ stdout: `{"status":{"token":"${planted('half')}` })],
  ['prints a number', () => ({ stdout: `{"status":{"token":1e${planted('number')}}}` })],
  ['prints without end', () => ({ stdout: `${planted('flood')}\n`, stdoutBytes: 3_000_000 })],
  ['fails', () => ({ stdout: planted('both'), exitCode: 1 })],
  ['is killed', () => ({ stdout: planted('killed'), signal: 'SIGKILL' })],
]

function pairOf(clientCertificateData: string, clientKeyData: string): JsonObject {
  return { clientCertificateData, clientKeyData }
}

const base64 = (value: string): string => Buffer.from(value).toString('base64')

/** Users, and clusters, whose secrets stand in the kubeconfig. */
const users: readonly (readonly [string, () => JsonObject, JsonObject | undefined])[] = [
  ['a token', () => ({ token: planted('good') }), undefined],
  ['a token that is refused', () => ({ token: planted('bad') }), undefined],
  ['a password', () => ({ username: 'alice', password: planted('password') }), undefined],
  ['a token that cannot be sent', () => ({ token: `${planted('sent')}\u0001` }), undefined],
  ['a pair', () => pairData(certificate.privateKeyPem), undefined],
  ['a key that is none', () => pairData(planted('key')), undefined],
  [
    'an auth provider',
    () => ({ 'auth-provider': { name: 'oidc', config: { 'id-token': planted('id') } } }),
    undefined,
  ],
  ['a proxy with a login', withGoodToken, { 'proxy-url': loginAt('http', 'proxy') }],
  ['a proxy that is none', withGoodToken, { 'proxy-url': loginAt('ftp', 'proxy') }],
  ['a server that is not there', withGoodToken, { server: 'https://127.0.0.1:1' }],
  ['a server with a login', withGoodToken, { server: loginAt('https', 'login') }],
  ['a server that is none', withGoodToken, { server: `${loginAt('https', 'login')}:::` }],
]

function withGoodToken(): JsonObject {
  return { token: planted('good') }
}

function loginAt(scheme: string, what: string): string {
  return `${scheme}://me:${planted(what)}@127.0.0.1:1`
}

function pairData(key: string): JsonObject {
  return {
    'client-certificate-data': base64(certificate.certificatePem),
    'client-key-data': base64(key),
  }
}

/** Asks through both doors, and shows whatever that makes. */
async function askThroughDoors(where: string, kubeconfig: string): Promise<void> {
  const options = {
    kubeconfig,
    shared: false,
    retries: false,
    plugin: { stderr: 'ignore' },
  } as const
  for (const [door, connect] of [
    ['undici', connectUndici],
    ['https', connectHttps],
  ] as const) {
    const place = `${where}, by ${door}`
    try {
      await using cluster = await connect(options)
      const { statusCode, headers, body } = await cluster.request('/api/v1/namespaces')
      show(place, `${statusCode} ${JSON.stringify(headers)} ${await text(body)}`)
      show(place, inspect(body, { depth: 4, showHidden: true }))
      showAll(place, cluster)
      showAll(place, cluster.source.current())
      showAll(place, await cluster.source.renew().catch((error: unknown) => error))
    } catch (error) {
      showAll(place, error)
    }
  }
}

/** Asks through the command line, in its most talkative way. */
async function askByHand(where: string, kubeconfig: string): Promise<void> {
  const commands = ['request /api/v1/namespaces', 'credential -o json']
  const all = commands.map(async (command) => {
    const words = [...command.split(' '), '-v=9', '--kubeconfig', kubeconfig]
    const kubecred = new KubecredProcess(words, { env: { LOGIN_SECRET: planted('inherited') } })
    await kubecred.ended()
    show(`${where}, by kubecred ${command}`, kubecred.out + kubecred.err)
  })
  await Promise.all(all)
}

/** The kubeconfig of a user; what the plugin itself writes to the terminal is its own. */
async function writeFor(user: JsonObject, cluster?: JsonObject): Promise<string> {
  const path = join(folder, `config-${++configs}`)
  await writeKubeconfig(path, server.kubeconfig({ user, ...(cluster && { cluster }) }))
  return path
}

function execUser(): JsonObject {
  return plugin.user({
    args: ['--client-secret', planted('argument')],
    env: [{ name: 'LOGIN_SECRET', value: planted('environment') }],
  })
}

describe('no secret comes out', () => {
  test.each(behaviours)('where a plugin %s', async (name, behaviour) => {
    const path = await writeFor(execUser())
    await plugin.behave({ stderr: chatter, ...behaviour() })
    await askThroughDoors(`a plugin that ${name}`, path)
    await plugin.behave(behaviour())
    await askByHand(`a plugin that ${name}`, path)
    expectNoSecret()
  })

  test.each(users)('where a kubeconfig names %s', async (...row) => {
    const [name, user, cluster] = row
    const path = await writeFor(user(), cluster)
    await askThroughDoors(name, path)
    await askByHand(name, path)
    expectNoSecret()
  })

  test('from a proxy that is asked for everything', async () => {
    await plugin.behave([
      reply({ token: planted('good') }),
      { issueFrom: { url: server.pluginEndpoint } },
      { stdout: planted('garbage'), exitCode: 1 },
    ])
    const path = await writeFor(execUser())
    const args = [
      'proxy',
      '--port=0',
      '-v=9',
      '--metrics-address=127.0.0.1:0',
      '--kubeconfig',
      path,
    ]
    const proxy = new KubecredProcess(args)
    await until(() => proxy.out.includes('Serving metrics on'))
    const base = `http://${/serve on (\S+)/u.exec(proxy.out)?.[1] ?? ''}`
    const metricsUrl = `http://${/metrics on (?:http:\/\/)?([^/\s]+)/u.exec(proxy.out)?.[1] ?? ''}/metrics`
    for (const url of [`${base}/version`, `${base}/api/v1/namespaces`, metricsUrl]) {
      const response = await fetch(url)
      show(url, `${JSON.stringify([...response.headers])} ${await response.text()}`)
      server.revoke(planted('good'))
    }
    proxy.child.kill('SIGTERM')
    await proxy.ended()
    show('a proxy', proxy.out + proxy.err)
    expectNoSecret()
  })

  test('where a token is replaced', async () => {
    const { token } = server.issueToken()
    await plugin.behave([reply({ token }), reply({ token: planted('next') })])
    const path = await writeFor(execUser())
    await using cluster = await connectUndici({ kubeconfig: path, plugin: { stderr: 'ignore' } })
    await (await cluster.request('/version')).body.text()
    server.revoke(token)
    const { statusCode, body } = await cluster.request('/version')
    show('a replay', `${statusCode} ${await body.text()}`)
    expectNoSecret()
  })

  test('where a projected volume is kept, and what it is made of cannot be had', async () => {
    const tokens = new FakeTokenServer()
    const { client, clock } = tokens
    const manager = new TokenManager({ client, clock })
    const directory = join(folder, 'volume')
    mkdirSync(directory)
    const secret = { kind: 'Secret', data: { key: base64(planted('in-a-secret')) } }
    const answer = { statusCode: 200, body: JSON.stringify(secret) }
    const objects = clusterObjects({ namespace: 'ci', client: async () => answer, clock })
    const sources = '[{serviceAccountToken: {path: token}}, {secret: {name: keys}}]'
    const keeper = new VolumeKeeper({
      directory,
      volume: readProjectedVolume(Buffer.from(`sources: ${sources}`), 'volume.yaml'),
      manager,
      account: { namespace: 'ci', name: 'build' },
      objects,
      clock,
      lingerMs: 0,
    })
    showAll('what was written', await keeper.once())
    for (const body of [planted('page'), `{"data":"${planted('data')}"}`, `"${planted('text')}"`]) {
      for (const statusCode of [200, 201, 500]) {
        Object.assign(answer, { statusCode, body })
        showAll('an object', await keeper.once().catch((error: unknown) => error))
      }
    }
    tokens.refuses = { statusCode: 201, body: planted('no-reply') }
    tokens.clock.advance(3_600_000)
    await keeper.start()
    await until(() => keeper.state.failures.length === 2)
    showAll('a keeper', keeper)
    showAll('its state', keeper.state)
    await keeper.close()
    await manager.close()
    expectNoSecret()
  })

  test('where a file is read again', async () => {
    const path = join(folder, 'token')
    writeFileSync(path, planted('first'))
    await using file = await openTokenFile(path)
    const heard = (name: KubecredEventName): boolean => shown.some(([where]) => where === name)
    writeFileSync(path, planted('second'))
    await until(() => heard('kubecred:file:changed'))
    writeFileSync(path, `${planted('line')}\nend`)
    await until(() => heard('kubecred:file:failed'))
    showAll('a reading', await file.reload().catch((error: unknown) => error))
    showAll('a reader', file)
    expectNoSecret()
  })

  test('where tokens of ServiceAccounts are got, kept, and worth nothing any more', async () => {
    const tokens = new FakeTokenServer()
    const { client, clock } = tokens
    const file = join(folder, 'tokens', 'tokens.json')
    const store = fileTokenStore({ file, scope: 'test' })
    const wanted = { namespace: 'ci', name: 'build', boundObject: { uid: 'pod' } }
    await using manager = new TokenManager({ client, clock, store })
    tokens.warnings = ['299 - "requested expiration of 7200 seconds shortened to 3600 seconds"']
    const token = await manager.getServiceAccountToken(wanted)
    showAll('a token of a ServiceAccount', token)
    showAll('a token manager', manager)
    tokens.uids.set('ci/build', 'uid-2')
    showAll('its successor', await manager.rejected(token))
    await manager.close()
    await using second = new TokenManager({ client, clock, store })
    showAll('a token that was kept', await second.getServiceAccountToken(wanted))
    second.deleteServiceAccountToken('pod')
    await second.close()
    writeFileSync(file, `{"tokens":[{"token":"${planted('kept')}`)
    await using third = new TokenManager({ client, clock, store, checkAccountsMs: 10_000 })
    for (const body of [
      planted('page'),
      `{"kind":"TokenRequest","status":"${planted('status')}"}`,
    ]) {
      tokens.refuses = { statusCode: 201, body }
      const failing = third.getServiceAccountToken({ ...wanted, audiences: [body.slice(0, 1)] })
      showAll('a reply', await failing.catch((error: unknown) => error))
    }
    tokens.clock.advance(10_000)
    await settled()
    expectNoSecret()
  })

  test('in the metrics of all that', () => {
    show('metrics', metrics.text())
    expect(metrics.text()).toContain('rest_client_exec_plugin_call_total')
    expectNoSecret()
  })

  test('and every kind of event has been heard but those of a busy server and of two certificates', () => {
    const heard = new Set(shown.map(([where]) => where))
    const rare = ['kubecred:transport:retry', 'kubecred:transport:rotation']
    const unheard = Object.keys(allEvents).filter((name) => !heard.has(name))
    expect(unheard.filter((name) => !rare.includes(name))).toEqual([])
  })
})

/** Searches all that came out so far; what is found is told by its place alone. */
function expectNoSecret(): void {
  expect(shown.filter(([, what]) => holdsSecret(what)).map(([where]) => where)).toEqual([])
}

function holdsSecret(what: string): boolean {
  const watch = new SecretWatch()
  watch.see(what)
  return watch.found || keyLines().some((line) => what.includes(line))
}

/** A private key cannot hold a marker: its own lines are looked for, in base64 of base64, too. */
function keyLines(): readonly string[] {
  const { privateKeyPem } = certificate
  const lines = privateKeyPem.split('\n').filter((line) => !line.startsWith('-----') && line !== '')
  const data = Buffer.from(privateKeyPem).toString('base64')
  return [...lines, ...lines.map((line) => line.slice(8, 40)), data.slice(40, 90)]
}
