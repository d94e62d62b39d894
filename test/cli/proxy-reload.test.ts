import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { run } from '../../src/cli/run.ts'
import {
  chooseConnection,
  type ConnectionConfig,
  type JsonObject,
  type LoadedPluginPolicy,
} from '../../src/doors/index.ts'
import {
  createCertificateAuthority,
  createFakeClock,
  createFakePlugin,
  startApiServer,
  writeKubeconfig,
  type ApiServerOptions,
  type CertificateAuthority,
  type FakeApiServer,
  type FakePlugin,
} from '../../src/doors/testing.ts'
import type { FileWatch } from '../../src/file/watch-files.ts'
import {
  followConfiguration,
  type ConfigurationNews,
} from '../../src/proxy/follow-configuration.ts'
import { isRunning } from '../exec/processes.ts'
import { besideKubectl, hasKubectl, kubectl } from '../kubeconfig/kubectl.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { until } from '../testing/until.ts'
import { FakeProxy } from '../transport/fake-proxy.ts'
import { FakeTerminal } from './fake-terminal.ts'

const folder = temporaryFolder()
const authority = createCertificateAuthority()
const lookMs = 10_000
const settleMs = 100

/** A token for a user; the servers of this file know each other's. */
const tokenOf = (user: string): string => `KUBECRED-PLANTED-SECRET-${user}`
const users = ['alice', 'bob', ...Array.from({ length: 20 }, (_, index) => `user-${index}`)]
const tokens = Object.fromEntries(users.map((user) => [tokenOf(user), { user }]))

const servers: FakeApiServer[] = []
let server: FakeApiServer
let proxy: ReloadingProxy | undefined
let count = 0
let config: string

beforeEach(async () => {
  server = await startServer()
  config = join(folder, `config-${count++}`)
})

afterEach(async () => {
  await proxy?.stop()
  proxy = undefined
  await until(() => servers.every(({ openConnections }) => openConnections === 0))
  await Promise.all(servers.splice(0).map((each) => each.close()))
})

async function startServer(options: ApiServerOptions = {}): Promise<FakeApiServer> {
  const started = await startApiServer({ certificateAuthority: authority, tokens, ...options })
  servers.push(started)
  return started
}

/** Writes a kubeconfig that leads to the server. */
function write(user: JsonObject | string, cluster: JsonObject = {}, path = config): Promise<void> {
  const auth = typeof user === 'string' ? { token: tokenOf(user) } : user
  return writeKubeconfig(path, server.kubeconfig({ user: auth, cluster }))
}

/** `kubecred proxy` in this process, under a clock that goes on while the test waits. */
class ReloadingProxy {
  readonly terminal: FakeTerminal
  port = 0
  /** Looks at the files that have been taken. */
  looks = 0
  readonly #clock = createFakeClock()
  #ended: Promise<number> | undefined

  private constructor(env: Readonly<Record<string, string>>) {
    this.terminal = new FakeTerminal({
      env,
      clock: {
        now: () => this.#clock.now(),
        monotonic: () => this.#clock.monotonic(),
        after: (ms, then) => {
          if (ms === lookMs) this.looks++
          return this.#clock.after(ms, then)
        },
      },
    })
  }

  static async start(
    args: readonly string[] = ['--kubeconfig', config],
    env: Readonly<Record<string, string>> = {},
  ): Promise<ReloadingProxy> {
    const started = new ReloadingProxy(env)
    const { terminal } = started
    started.#ended = run(['proxy', '--port=0', ...args], terminal)
    await until(() => terminal.out !== '' || terminal.err.includes('error:'))
    started.port = Number(/:(\d+)\n$/u.exec(terminal.out)?.[1])
    await until(() => started.looks > 0)
    proxy = started
    return started
  }

  /** What it has said on standard error. */
  get said(): readonly string[] {
    return this.terminal.err.split('\n').slice(0, -1)
  }

  /** Waits, in its time, until a condition holds. */
  async until(condition: () => boolean | Promise<boolean>): Promise<void> {
    await until(() => {
      this.#clock.advance(50)
      return condition()
    })
  }

  /** Waits until its files have been looked at some more times. */
  async lookAgain(times = 3): Promise<void> {
    const before = this.looks
    await until(() => {
      this.#clock.advance(lookMs / 2)
      return this.looks >= before + times
    })
  }

  async get(path: string): Promise<IncomingMessage> {
    const request = httpRequest({ host: '127.0.0.1', port: this.port, path, agent: false }).end()
    const [response]: IncomingMessage[] = await once(request, 'response')
    if (response === undefined) throw new Error('no response')
    return response
  }

  /** Asks for something: the status, and who the server took the proxy for. */
  async ask(
    at: FakeApiServer = server,
  ): Promise<readonly [number | undefined, string | undefined]> {
    const before = at.requests.length
    const response = await this.get('/version')
    await text(response)
    return [response.statusCode, at.requests[before]?.user]
  }

  /** Waits until its requests are those of a user. */
  async serves(user: string, at: FakeApiServer = server): Promise<void> {
    await this.until(async () => (await this.ask(at))[1] === user)
  }

  async stop(): Promise<number | undefined> {
    this.terminal.signal('SIGTERM')
    let code: number | undefined
    void this.#ended?.then((ended) => (code = ended))
    await this.until(() => code !== undefined)
    return code
  }
}

const changed = (...paths: readonly string[]): string =>
  `${paths.join(', ')} has changed: requests from now on use what it says`

describe('a kubeconfig that changes is used', () => {
  test('with its new proxy-url for new requests', async () => {
    await using outbound = await FakeProxy.start()
    await write('alice')
    const started = await ReloadingProxy.start()
    expect([await started.ask(), outbound.asked.length]).toEqual([[200, 'alice'], 0])
    await write('alice', { 'proxy-url': outbound.url('ann:KUBECRED-PLANTED-SECRET-proxy@') })
    await started.until(async () => (await started.ask())[0] === 200 && outbound.asked.length > 0)
    expect(started.said).toEqual([changed(config)])
    await write('alice')
    await started.until(() => started.said.length === 2)
    const before = outbound.asked.length
    expect(await started.ask()).toEqual([200, 'alice'])
    expect(outbound.asked).toHaveLength(before)
    await started.stop()
  })

  test('with its new token for new requests, and that is said', async () => {
    await write('alice')
    const started = await ReloadingProxy.start()
    expect(await started.ask()).toEqual([200, 'alice'])
    await write('bob')
    await started.serves('bob')
    expect(started.said).toEqual([changed(config)])
    await write('alice')
    await started.serves('alice')
    expect(started.said).toEqual([changed(config), changed(config)])
  })

  test('when it is replaced by another that is renamed to it', async () => {
    await write('alice')
    const started = await ReloadingProxy.start()
    await write('bob', {}, `${config}.lock`)
    await rename(`${config}.lock`, config)
    await started.serves('bob')
    expect(started.said).toEqual([changed(config)])
  })

  test('and a watch that is open goes on, and closes the old connections when it ends', async () => {
    await write('alice')
    const started = await ReloadingProxy.start()
    await started.ask()
    const watch = await started.get('/api/v1/namespaces?watch=true')
    let seen = ''
    watch.on('data', (chunk: Buffer) => (seen += chunk.toString()))
    watch.on('error', () => undefined)
    expect(server.openConnections).toBe(2)
    await write('bob')
    await started.serves('bob')
    expect(server.openConnections).toBe(3)
    server.createNamespace('told-afterwards')
    await until(() => seen.includes('told-afterwards'))
    expect(watch.complete).toBe(false)
    watch.destroy()
    await until(() => server.openConnections === 1)
    expect(await started.ask()).toEqual([200, 'bob'])
  })

  test('and a request that is under way is answered', async () => {
    await write('alice')
    const started = await ReloadingProxy.start()
    let answer: (() => void) | undefined
    const stop = server.intercept((request, respond) => {
      if (request.path !== '/slow') return false
      answer = () => respond.reply({ statusCode: 200, body: 'at last' })
      return true
    })
    const slow = started.get('/slow')
    await until(() => answer !== undefined)
    stop()
    await write('bob')
    await started.serves('bob')
    answer?.()
    expect(await text(await slow)).toBe('at last')
    await until(() => server.openConnections === 1)
  })

  test('when the user of its context is another', async () => {
    await writeKubeconfig(config, twoUsers('alice'))
    const started = await ReloadingProxy.start()
    expect(await started.ask()).toEqual([200, 'alice'])
    await writeKubeconfig(config, twoUsers('bob'))
    await started.serves('bob')
    expect(started.said).toEqual([changed(config)])
  })

  test('when the same cluster is at another port, which its authority shows', async () => {
    await write('alice')
    const started = await ReloadingProxy.start()
    await started.ask()
    const moved = await startServer()
    server = moved
    await write('alice')
    await started.until(() => started.said.length > 0)
    expect(await started.ask(moved)).toEqual([200, 'alice'])
    expect(started.said).toEqual([changed(config)])
  })

  test('when it names another plugin, or another way to run it', async () => {
    const [one, other] = await Promise.all(['plugin-one', 'plugin-other'].map(tokenPlugin))
    if (one === undefined || other === undefined) throw new Error('two were asked for')
    await write(one.user())
    const started = await ReloadingProxy.start()
    await started.ask()
    await write(other.user())
    await started.until(() => started.said.length === 1)
    await started.ask()
    await write(other.user({ args: ['--profile=b'] }))
    await started.until(() => started.said.length === 2)
    await started.ask()
    expect(await one.runs()).toHaveLength(1)
    expect((await other.runs()).map(({ argv }) => argv)).toEqual([[], ['--profile=b']])
  })

  test('when the file of its certificate authority is replaced', async () => {
    const file = join(folder, 'authority.pem')
    await writeFile(file, authority.certificatePem)
    await writeKubeconfig(config, withAuthorityFile(file))
    const started = await ReloadingProxy.start()
    expect(await started.ask()).toEqual([200, 'alice'])
    const other = createCertificateAuthority()
    await restartServer(other)
    expect((await started.ask())[0]).toBe(502)
    await writeFile(`${file}.new`, other.certificatePem)
    await rename(`${file}.new`, file)
    await started.serves('alice')
    expect(started.said.filter((said) => !said.startsWith('Error while'))).toEqual([changed(file)])
  })

  test('and its token file, whose rotation is no news, but when the file could not be used', async () => {
    const [file, other] = [join(folder, 'token'), join(folder, 'other-token')]
    const replace = async (path: string, token: string): Promise<void> => {
      await writeFile(`${path}.new`, token)
      await rename(`${path}.new`, path)
    }
    await replace(file, tokenOf('alice'))
    await write({ tokenFile: file })
    const started = await ReloadingProxy.start()
    expect(await started.ask()).toEqual([200, 'alice'])
    await replace(file, tokenOf('bob'))
    await started.serves('bob')
    await replace(other, tokenOf('alice'))
    await write({ tokenFile: other })
    await started.serves('alice')
    await replace(other, tokenOf('user-0'))
    await started.serves('user-0')
    expect(started.said).toEqual([changed(config)])
    await replace(other, '')
    await started.until(() => started.said.length > 1)
    await started.lookAgain(9)
    expect(started.said.slice(1)).toEqual([
      expect.stringMatching(/^Warning: .* the old one stays: .*other-token/u),
    ])
    await replace(other, tokenOf('user-1'))
    await started.serves('user-1')
    expect(started.said.slice(2)).toEqual([changed(other)])
  })

  test('when it is the second of two that KUBECONFIG lists', async () => {
    const second = `${config}-second`
    const { users: own, ...rest } = server.kubeconfig({ user: { token: tokenOf('alice') } })
    await writeKubeconfig(config, rest)
    await writeKubeconfig(second, { users: own ?? null })
    const started = await ReloadingProxy.start([], { KUBECONFIG: `${config}:${second}` })
    expect(await started.ask()).toEqual([200, 'alice'])
    await writeKubeconfig(second, { users: [{ name: 'fake', user: { token: tokenOf('bob') } }] })
    await started.serves('bob')
    expect(started.said).toEqual([changed(second)])
  })

  test('when it is the first that KUBECONFIG lists, and was not there before', async () => {
    const first = `${config}-first`
    await write('alice')
    const started = await ReloadingProxy.start([], { KUBECONFIG: `${first}:${config}` })
    expect(await started.ask()).toEqual([200, 'alice'])
    await write('bob', {}, first)
    await started.serves('bob')
  })

  test('when it was gone for a while, and another was used', async () => {
    const first = `${config}-first`
    await write('alice')
    await write('bob', {}, first)
    const started = await ReloadingProxy.start([], { KUBECONFIG: `${first}:${config}` })
    expect(await started.ask()).toEqual([200, 'bob'])
    await rm(first)
    await started.serves('alice')
    await write('user-0', {}, first)
    await started.lookAgain()
    expect(await started.ask()).toEqual([200, 'user-0'])
  })

  test('in the end as it was written last, however quickly, and no connection is left', async () => {
    await write('alice')
    const started = await ReloadingProxy.start()
    for (let index = 0; index < 20; index++) {
      await write(`user-${index}`)
      // Some of the changes are used in between, others are overtaken.
      if (index % 3 === 0) await started.lookAgain(1)
      await started.ask()
    }
    await started.serves('user-19')
    await started.lookAgain()
    expect(await started.ask()).toEqual([200, 'user-19'])
    expect(started.said.length).toBeGreaterThan(1)
    expect(new Set(started.said)).toEqual(new Set([changed(config)]))
    await until(() => server.openConnections === 1)
  })

  test('and no more of the system is held after many changes than after one', async () => {
    await write('alice')
    const before = systemWatches()
    const started = await ReloadingProxy.start()
    const [watches, listeners] = [systemWatches(), started.terminal.listeners]
    for (const user of ['bob', 'alice', 'bob', 'alice', 'bob']) {
      await write(user)
      await started.serves(user)
    }
    await until(() => systemWatches() === watches)
    expect(started.terminal.listeners).toBe(listeners)
    expect(await started.stop()).toBe(0)
    await until(() => systemWatches() === before)
  })
})

/** A kubeconfig with two users, one of whom its context names. */
function twoUsers(user: string): JsonObject {
  return {
    ...server.kubeconfig(),
    users: ['alice', 'bob'].map((name) => ({ name, user: { token: tokenOf(name) } })),
    contexts: [{ name: 'fake', context: { cluster: 'fake', user } }],
  }
}

async function tokenPlugin(name: string): Promise<FakePlugin> {
  const credential = { status: { token: tokenOf('alice') } }
  return await createFakePlugin({ directory: folder, name, behaviour: { credential } })
}

/** A kubeconfig of alice's whose authority stands in a file. */
function withAuthorityFile(file: string): JsonObject {
  return {
    ...server.kubeconfig({ user: { token: tokenOf('alice') } }),
    clusters: [{ name: 'fake', cluster: { server: server.url, 'certificate-authority': file } }],
  }
}

/** Another server takes the place of the one that runs, with a certificate of this authority. */
async function restartServer(certificateAuthority: CertificateAuthority): Promise<void> {
  const { port } = server
  await server.close()
  server = await startServer({ certificateAuthority, port })
}

/** How many folders the system watches for this process; always 0 where it does not tell. */
function systemWatches(): number {
  if (process.platform !== 'linux') return 0
  const infos = readdirSync('/proc/self/fdinfo').map((descriptor) => {
    try {
      return readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8')
    } catch {
      // That of the reading itself.
      return ''
    }
  })
  return infos.join('\n').match(/^inotify wd:/gmu)?.length ?? 0
}

type TrustOf = (other: FakeApiServer) => JsonObject

const base64 = (pem: string): string => Buffer.from(pem).toString('base64')

describe('a kubeconfig that changes is not used', () => {
  test(besideKubectl('when another context is chosen with kubectl'), async (context) => {
    context.skip(!hasKubectl)
    const other = await startServer({ certificateAuthority: createCertificateAuthority() })
    await writeKubeconfig(config, twoContexts(other))
    const started = await ReloadingProxy.start()
    const used = await kubectl(['--kubeconfig', config, 'config', 'use-context', 'other'])
    expect(used.ok).toBe(true)
    expect(readFileSync(config, 'utf8')).toContain('current-context: other')
    await started.lookAgain()
    expect(await started.ask()).toEqual([200, 'alice'])
    expect(started.said).toEqual([])
    // Of its own context it hears all the same.
    const args = ['config', 'set-credentials', 'fake', `--token=${tokenOf('bob')}`]
    expect((await kubectl(['--kubeconfig', config, ...args])).ok).toBe(true)
    await started.serves('bob')
    expect([started.said, other.requests]).toEqual([[changed(config)], []])
  })

  test.each<[what: string, url: (other: FakeApiServer) => string, trust: TrustOf]>([
    [
      'with an authority of its own',
      ({ url }) => url,
      ({ certificateAuthorityPem: pem }) => ({ 'certificate-authority-data': base64(pem) }),
    ],
    ['that is not verified', ({ url }) => url, () => ({ 'insecure-skip-tls-verify': true })],
    ['without TLS', () => 'http://127.0.0.1:1', () => ({})],
  ])('when it leads to another server, %s, and that is said', async (_what, urlOf, trustOf) => {
    const other = await startServer({ certificateAuthority: createCertificateAuthority() })
    await write('alice')
    const started = await ReloadingProxy.start()
    const url = urlOf(other)
    await writeKubeconfig(config, {
      ...server.kubeconfig({ user: { token: tokenOf('bob') } }),
      clusters: [{ name: 'fake', cluster: { server: url, ...trustOf(other) } }],
    })
    await started.until(() => started.said.length > 0)
    await started.lookAgain()
    expect(started.said).toEqual([
      `Warning: the kubeconfig has changed and leads to ${url} now, which may ` +
        'be another cluster: this proxy stays with the one it has; start it again to follow',
    ])
    expect(await started.ask()).toEqual([200, 'alice'])
    // Back where it was there is nothing to say.
    await write('alice')
    await started.lookAgain()
    await write('bob')
    await started.serves('bob')
    expect(started.said.slice(1)).toEqual([changed(config)])
    expect(other.requests).toEqual([])
  })

  test('when it is broken, which is said once, and shows no secret, until it is mended', async () => {
    await write('alice')
    const started = await ReloadingProxy.start()
    const broken = `users: [{name: fake, user: {token: "${tokenOf('bob')}"}`
    await writeFile(config, broken)
    await started.until(() => started.said.length > 0)
    await started.lookAgain()
    const [first, ...more] = started.said
    expect(first).toMatch(
      /^Warning: the configuration has changed and cannot be used, the old one stays: error loading config file ".*": yaml: line 1, column \d+: /u,
    )
    expect(more.filter((line) => !line.startsWith('hint: '))).toEqual([])
    expect(started.terminal.err).not.toContain('KUBECRED-PLANTED-SECRET')
    expect(await started.ask()).toEqual([200, 'alice'])
    await write('bob')
    await started.serves('bob')
    expect(started.said.at(-1)).toBe(changed(config))
  })

  test('when it is broken for a moment only, which is not worth a word', async () => {
    await write('alice')
    const started = await ReloadingProxy.start()
    await writeFile(config, 'users: [')
    // It is looked at, and found broken.
    const before = started.looks
    await started.until(() => started.looks > before)
    await write('bob')
    await started.serves('bob')
    await started.lookAgain()
    expect(started.said).toEqual([changed(config)])
  })

  test.each<[what: string, mend: () => Promise<void>, words: RegExp]>([
    ['is removed', () => rm(config), /stat .*: no such file or directory$/u],
    [
      'is empty',
      () => writeFile(config, ''),
      /context was not found|no configuration|does not exist/u,
    ],
    [
      'has lost its context',
      () => writeKubeconfig(config, { ...server.kubeconfig(), contexts: [] }),
      /context "?fake"? does not exist|context was not found/u,
    ],
    [
      'names a plugin without a command',
      () => write({ exec: { apiVersion: 'client.authentication.k8s.io/v1' } }),
      /command must be specified/u,
    ],
    [
      'names an authority that is not there',
      () => writeKubeconfig(config, withAuthorityFile('/nowhere/ca.pem')),
      /certificate-authority \/nowhere\/ca\.pem/u,
    ],
  ])('when it %s; and is when it is written again', async (_what, spoil, words) => {
    await write('alice')
    const started = await ReloadingProxy.start()
    await spoil()
    await started.until(() => started.said.length > 0)
    await started.lookAgain()
    expect(started.said).toEqual([
      expect.stringContaining('cannot be used, the old one stays: '),
      expect.stringMatching(/^hint: ./u),
    ])
    expect(started.said[0]).toMatch(words)
    expect(await started.ask()).toEqual([200, 'alice'])
    await write('bob')
    await started.serves('bob')
    expect(started.said.slice(2)).toEqual([changed(config)])
  })

  test('when nothing in it has changed, and no plugin runs for it', async () => {
    const plugin = await tokenPlugin('plugin-unchanged')
    await write(plugin.user())
    const started = await ReloadingProxy.start()
    await started.ask()
    const connections = server.connectionsOpened
    for (let round = 0; round < 3; round++) {
      await write(plugin.user(), {}, `${config}.lock`)
      await rename(`${config}.lock`, config)
      await started.lookAgain()
      expect(await started.ask()).toEqual([200, 'alice'])
    }
    expect(started.said).toEqual([])
    expect(await plugin.runs()).toHaveLength(1)
    expect(server.connectionsOpened).toBe(connections)
  })

  test('where a flag stands in its place', async () => {
    await write('alice')
    const started = await ReloadingProxy.start(['--kubeconfig', config, '--token', tokenOf('bob')])
    await write('user-0')
    await started.lookAgain()
    expect(await started.ask()).toEqual([200, 'bob'])
    expect(started.said).toEqual([])
  })
})

/** A kubeconfig whose current context leads to the server, and another one elsewhere. */
function twoContexts(other: FakeApiServer): JsonObject {
  const one = server.kubeconfig({ user: { token: tokenOf('alice') } })
  const two = other.kubeconfig({ user: { token: tokenOf('alice') }, contextName: 'other' })
  const both = (name: string): JsonObject[string] => [
    ...(one[name] as readonly JsonObject[]),
    ...(two[name] as readonly JsonObject[]),
  ]
  return {
    ...one,
    clusters: both('clusters'),
    users: both('users'),
    contexts: both('contexts'),
  }
}

describe('a plugin policy that changes', () => {
  const preferences = 'apiVersion: kubectl.config.k8s.io/v1beta1\nkind: Preference\n'

  test('is obeyed from then on, and one that cannot be used lifts none', async () => {
    const plugin = await tokenPlugin('plugin-policy')
    await write(plugin.user())
    const home = join(folder, 'home')
    const kuberc = join(home, '.kube', 'kuberc')
    await mkdir(join(home, '.kube'), { recursive: true })
    const started = await ReloadingProxy.start(['--kubeconfig', config], { HOME: home })
    expect(await started.ask()).toEqual([200, 'alice'])

    await writeFile(kuberc, `${preferences}credentialPluginPolicy: DenyAll\n`)
    await started.until(() => started.said.includes(changed(kuberc)))
    const response = await started.get('/version')
    expect(response.statusCode).toBe(502)
    expect(await text(response)).toContain('not allowed: policy set to \\"DenyAll\\"')

    await writeFile(kuberc, `${preferences}credentialPluginPolicy: [`)
    await started.until(() => started.terminal.err.includes('cannot be used'))
    expect(started.terminal.err).toContain(
      `Warning: the configuration has changed and cannot be used, the old one stays: kuberc: no valid preferences found in ${kuberc}`,
    )
    expect((await started.ask())[0]).toBe(502)
    expect(await plugin.runs()).toHaveLength(1)

    await writeFile(kuberc, `${preferences}credentialPluginPolicy: AllowAll\nx: 1\n`)
    await started.serves('alice')
    expect(started.said).toContainEqual(
      expect.stringMatching(/^Warning: kuberc: ignoring strict decoding error in .*"x"$/u),
    )
    expect(await plugin.runs()).toHaveLength(2)
  })
})

describe('a plugin policy under a proxy that runs', () => {
  const denying =
    'apiVersion: kubectl.config.k8s.io/v1beta1\nkind: Preference\ncredentialPluginPolicy: DenyAll\n'

  async function startWith(preferences: string | undefined) {
    const plugin = await tokenPlugin(`plugin-of-${count}`)
    await write(plugin.user())
    const home = join(folder, `home-${count}`)
    const kuberc = join(home, '.kube', 'kuberc')
    await mkdir(join(home, '.kube'), { recursive: true })
    if (preferences !== undefined) await writeFile(kuberc, preferences)
    const started = await ReloadingProxy.start(['--kubeconfig', config], { HOME: home })
    return { started, kuberc, plugin }
  }

  test.each<readonly [what: string, lose: (kuberc: string) => Promise<void>]>([
    ['empty', (kuberc) => writeFile(kuberc, '')],
    ['gone', (kuberc) => rm(kuberc)],
    ['cut off', (kuberc) => writeFile(kuberc, denying.split('\n').slice(0, 2).join('\n'))],
  ])('stays when its file is %s, and the kubeconfig is followed all the same', async (...row) => {
    const [, lose] = row
    const { started, kuberc, plugin } = await startWith(denying)
    expect((await started.ask())[0]).toBe(502)
    await lose(kuberc)
    await started.until(() => started.terminal.err.includes('cannot be used'))
    expect(started.terminal.err).toContain(
      `the old one stays: kuberc: ${kuberc} names no plugin policy any more`,
    )
    expect((await started.ask())[0]).toBe(502)
    await write('bob')
    await started.serves('bob')
    await write(plugin.user())
    await started.until(async () => (await started.ask())[0] === 502)
    expect(await plugin.runs()).toHaveLength(0)

    await writeFile(kuberc, denying.replace('DenyAll', 'AllowAll'))
    await started.serves('alice')
  })

  test.each<readonly [what: string, spoil: () => Promise<void>]>([
    ['leads elsewhere', () => write('alice', { 'tls-server-name': 'elsewhere' })],
    ['cannot be loaded', () => writeFile(config, 'users: [')],
  ])('is obeyed at once while the kubeconfig %s', async (_what, spoil) => {
    const { started, kuberc } = await startWith(undefined)
    expect(await started.ask()).toEqual([200, 'alice'])
    await spoil()
    await started.until(() => started.terminal.err.includes('Warning: the '))
    await writeFile(kuberc, denying)
    await started.until(() => started.said.includes(changed(kuberc)))
    expect((await started.ask())[0]).toBe(502)
  })
})

describe('when it is asked to stop', () => {
  test('after a change, no plugin is left, old or new', async () => {
    const plugins = await Promise.all(['plugin-old', 'plugin-new'].map(tokenPlugin))
    const [old, fresh] = plugins
    if (old === undefined || fresh === undefined) throw new Error('two were asked for')
    await Promise.all(plugins.map((plugin) => plugin.behave({ hang: true })))
    await write(old.user())
    const started = await ReloadingProxy.start()
    const asked = [started.get('/version')]
    await until(async () => (await old.runs()).length === 1)
    await write(fresh.user())
    await started.until(() => started.said.length > 0)
    asked.push(started.get('/version'))
    await until(async () => (await fresh.runs()).length === 1)
    const outcomes = Promise.allSettled(asked)
    const runs = await Promise.all(plugins.map((plugin) => plugin.runs()))
    const pids = runs.flat().map(({ pid }) => pid)
    expect(pids.map(isRunning)).toEqual([true, true])
    expect(await started.stop()).toBe(0)
    await until(() => !pids.some(isRunning))
    await outcomes
  })
})

const policy: LoadedPluginPolicy = {
  policy: { policyType: 'AllowAll' },
  stated: false,
  file: undefined,
  warnings: [],
}

/** A follower whose configuration is put to use when the test lets it be. */
class Following {
  readonly news: ConfigurationNews[] = []
  readonly used: string[] = []
  /** Holds the next configuration back on its way into use. */
  gate: Promise<void> = Promise.resolve()
  /** Configurations that are on their way into use. */
  underWay = 0
  readonly follower: Pick<FileWatch, 'close'>
  readonly #clock = createFakeClock()
  #looks = 0
  #lastDelay = 0

  private constructor(first: ConnectionConfig) {
    this.follower = followConfiguration({
      connection: { config: first },
      policy,
      clock: {
        now: () => this.#clock.now(),
        monotonic: () => this.#clock.monotonic(),
        after: (ms, then) => {
          if (ms === lookMs) this.#looks++
          this.#lastDelay = ms
          return this.#clock.after(ms, then)
        },
      },
      loadPolicy: () => Promise.resolve(policy),
      load: async () => ({ config: await load() }),
      use: async (loaded) => {
        this.underWay++
        await this.gate
        this.underWay--
        this.used.push(userIn(loaded.config))
      },
      news: (news) => this.news.push(news),
    })
  }

  static async start(): Promise<Following> {
    const following = new Following(await load())
    await until(() => following.#looks > 0)
    return following
  }

  async until(condition: () => boolean): Promise<void> {
    await until(() => {
      this.#clock.advance(50)
      return condition()
    })
  }

  get pendingTimers(): number {
    return this.#clock.pendingTimers
  }

  /** Waits until the system has told of a change, and lets it settle and be looked at. */
  async settle(): Promise<void> {
    await until(() => this.#lastDelay === settleMs)
    this.#clock.advance(settleMs)
    await until(() => this.#lastDelay !== settleMs)
  }

  /** Waits until its files have been looked at once more. */
  async lookAgain(): Promise<void> {
    const before = this.#looks
    await until(() => {
      this.#clock.advance(lookMs / 2)
      return this.#looks >= before + 3
    })
  }
}

/** Whose token it is, in words that are no secret. */
function userIn({ auth }: ConnectionConfig): string {
  return auth.token?.reveal().replace(tokenOf(''), '') ?? ''
}

const load = (): Promise<ConnectionConfig> => chooseConnection({ kubeconfig: config })

describe('a configuration that is followed', () => {
  test('is used as it was written while another was put to use', async () => {
    await write('alice')
    const following = await Following.start()
    const gate = Promise.withResolvers<void>()
    following.gate = gate.promise
    await write('bob')
    await following.until(() => following.underWay === 1)
    await write('user-0')
    gate.resolve()
    await until(() => following.used.length === 1)
    await following.lookAgain()
    await following.lookAgain()
    following.follower.close()
    expect(following.used).toEqual(['bob', 'user-0'])
  })

  test('is not watched any more when it was closed while one was put to use', async () => {
    await write('alice')
    const following = await Following.start()
    const gate = Promise.withResolvers<void>()
    following.gate = gate.promise
    await write('bob')
    await following.until(() => following.underWay === 1)
    following.follower.close()
    gate.resolve()
    await until(() => following.used.length === 1)
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect([following.news, following.pendingTimers]).toEqual([[], 0])
  })
})
