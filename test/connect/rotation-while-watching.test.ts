import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import type { JsonObject } from '../../src/api/json.ts'
import { connect as connectHttps } from '../../src/doors/https.ts'
import { connect as connectUndici } from '../../src/doors/undici.ts'
import { subscribe } from '../../src/events/channels.ts'
import { startApiServer, type FakeApiServer } from '../../src/testing/api-server.ts'
import { createCertificateAuthority } from '../../src/testing/certificate-authority.ts'
import { createFakeClock, type FakeClock } from '../../src/testing/fake-clock.ts'
import { writeKubeconfig } from '../../src/testing/fake-kubeconfig.ts'
import { createFakePlugin } from '../../src/testing/fake-plugin.ts'
import { difference } from '../differences.ts'
import { PublishedFiles } from '../file/published-files.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { until } from '../testing/until.ts'
import { text, type TestResponse } from '../transport/stacks.ts'

interface Cluster extends AsyncDisposable {
  request(path: string): Promise<TestResponse>
}

interface Options {
  readonly kubeconfig: string
  readonly drainMs: number
  /** That of the connections. */
  readonly clock: FakeClock
  readonly renewal: { readonly clock: FakeClock; readonly renewWhenIdle: 'while-in-use' }
}

const doors: readonly [string, (options: Options) => Promise<Cluster>][] = [
  ['kubecred/https', connectHttps],
  ['kubecred/undici', connectUndici],
]

// Less than the time after which a quiet connection is probed.
const drainMs = 10_000
const root = temporaryFolder()
let server: FakeApiServer
let folder: string
let count = 0
let rotations: number
let renewals: number
const subscriptions: (() => void)[] = []

beforeEach(async () => {
  server = await startApiServer()
  folder = join(root, `test-${count++}`)
  rotations = 0
  renewals = 0
  subscriptions.push(
    subscribe('kubecred:transport:rotation', () => rotations++),
    subscribe('kubecred:credential:renewed', () => renewals++),
  )
})

afterEach(async () => {
  for (const end of subscriptions.splice(0)) end()
  await until(() => server.openConnections === 0)
  await server.close()
})

const pairOf = (user: string) => {
  const { certificatePem, privateKeyPem } = server.issueCertificate({ user })
  return { 'tls.crt': certificatePem, 'tls.key': privateKeyPem }
}

/** What a connection is made of, and how that is replaced. */
interface Change {
  readonly user: JsonObject
  readonly cluster?: JsonObject
  /** @param clock That of files and plugins. */
  readonly replace: (clock: FakeClock) => void
}

function newPair(): Change {
  const volume = new PublishedFiles(join(folder, 'tls'), pairOf('ann'))
  const user = {
    'client-certificate': volume.path('tls.crt'),
    'client-key': volume.path('tls.key'),
  }
  return {
    user,
    replace: () => {
      volume.publish(pairOf('bob'))
    },
  }
}

function newAuthority(): Change {
  const own = server.certificateAuthorityPem
  const volume = new PublishedFiles(join(folder, 'ca'), { 'ca.crt': own })
  return {
    user: { token: server.issueToken().token },
    cluster: {
      'certificate-authority': volume.path('ca.crt'),
      'certificate-authority-data': '',
    },
    replace: () => {
      const { certificatePem: other } = createCertificateAuthority({ commonName: 'other' })
      volume.publish({ 'ca.crt': `${own}${other}` })
    },
  }
}

/** The plugin gives another at each run; time alone has it renewed. */
async function newPluginCertificate(): Promise<Change> {
  const lifetimeMs = 3_600_000
  const behaviour = {
    issueFrom: { url: server.pluginEndpoint, kind: 'certificate', lifetimeMs } as const,
  }
  const plugin = await createFakePlugin({ directory: folder, behaviour })
  return {
    user: plugin.user(),
    replace: (clock) => {
      clock.advance(0.95 * lifetimeMs)
    },
  }
}

function newToken(): Change {
  const tokenOf = (user: string): string => server.issueToken({ user }).token
  const volume = new PublishedFiles(join(folder, 'sa'), { token: tokenOf('ann') })
  return {
    user: { tokenFile: volume.path('token') },
    replace: () => {
      volume.publish({ token: tokenOf('bob') })
    },
  }
}

describe.each(doors)('%s, with nothing open but a watch', (_door, connect) => {
  const watching = async ({ user, cluster = {}, replace }: Change, drainsFor = drainMs) => {
    const kubeconfig = join(folder, 'config')
    await writeKubeconfig(kubeconfig, server.kubeconfig({ user, cluster }))
    // Certificates are of this time.
    const [clock, sourceClock] = [createFakeClock(), createFakeClock(Date.now())]
    const renewal = { clock: sourceClock, renewWhenIdle: 'while-in-use' } as const
    const connected = await connect({ kubeconfig, drainMs: drainsFor, clock, renewal })
    const { body } = await connected.request('/api/v1/namespaces?watch=true')
    let seen = ''
    let ended: unknown
    body.on('data', (chunk: Buffer) => (seen += String(chunk)))
    body.once('end', () => (ended = 'whole')).once('error', (error) => (ended = error))
    await until(() => seen.includes('"default"'))
    return {
      clock,
      replace: () => {
        replace(sourceClock)
      },
      request: (path: string) => connected.request(path),
      seen: () => seen,
      ended: () => ended,
      /** Lets the time of files and plugins pass until something has happened. */
      untilThen: async (happened: () => boolean) => {
        await until(() => {
          sourceClock.advance(50)
          return happened()
        })
      },
      [Symbol.asyncDispose]: () => connected[Symbol.asyncDispose](),
    }
  }

  test.each([
    ['pair of files', newPair],
    ['authority', newAuthority],
    ['certificate of a plugin', newPluginCertificate],
  ] as const)('counts the drain from a new %s on', async (_what, change) => {
    difference('rotation-drains')
    await using watch = await watching(await change())
    const opened = server.connectionsOpened
    watch.replace()
    await watch.untilThen(() => rotations === 1)
    watch.clock.advance(drainMs - 1)
    server.createNamespace('after-the-change')
    await until(() => watch.seen().includes('"after-the-change"'))
    expect(watch.ended()).toBeUndefined()
    watch.clock.advance(1)
    await until(() => watch.ended() !== undefined)
    expect(watch.ended()).toBe('whole')
    expect(watch.seen()).toMatch(/\}\n$/u)
    // Only a request opens what comes after it.
    expect([server.connectionsOpened, rotations]).toEqual([opened, 1])
    const { statusCode, body } = await watch.request('/version')
    await text(body)
    expect([statusCode, server.connectionsOpened, rotations]).toEqual([200, opened + 1, 1])
  })

  test('ends it at once at a whole line, where drainMs is 0', async () => {
    await using watch = await watching(newPair(), 0)
    watch.replace()
    await watch.untilThen(() => rotations === 1)
    watch.clock.advance(0)
    await until(() => watch.ended() !== undefined)
    expect(watch.ended()).toBe('whole')
    expect(watch.seen()).toMatch(/\}\n$/u)
  })

  test('closes nothing for a new token', async () => {
    await using watch = await watching(newToken(), 0)
    watch.replace()
    await watch.untilThen(() => renewals === 2)
    watch.clock.advance(drainMs)
    server.createNamespace('after-the-change')
    await until(() => watch.seen().includes('"after-the-change"'))
    expect([rotations, watch.ended()]).toEqual([0, undefined])
  })
})

test('kubecred/undici counts the time of an upgraded connection from the change on', async () => {
  const { user, replace } = newPair()
  const kubeconfig = join(folder, 'config')
  await writeKubeconfig(kubeconfig, server.kubeconfig({ user }))
  const clock = createFakeClock()
  const upgradeDrainMs = 5000
  await using cluster = await connectUndici({ kubeconfig, drainMs, upgradeDrainMs, clock })
  const { socket } = await cluster.dispatcher.upgrade({ path: '/upgrade-echo', protocol: 'echo' })
  const failed = new Promise((resolve) => socket.once('error', resolve))
  replace(clock)
  await until(() => rotations === 1)
  clock.advance(upgradeDrainMs - 1)
  expect(socket.destroyed).toBe(false)
  clock.advance(1)
  expect(await failed).toMatchObject({ code: 'ERR_DRAINED' })
})
