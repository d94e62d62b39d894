import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import {
  createCertificateAuthority,
  startApiServer,
  writeKubeconfig,
  type FakeApiServer,
} from '../../src/doors/testing.ts'
import { KubecredProcess } from '../cli/kubecred-process.ts'
import { difference } from '../differences.ts'
import { PublishedFiles } from '../file/published-files.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { until } from '../testing/until.ts'
import { OpenThrough } from './open-through.ts'
import { SteadyClients } from './steady-clients.ts'

const root = temporaryFolder()
let server: FakeApiServer
let published: Files
let volume: PublishedFiles
let config: string
let proxy: KubecredProcess
let count = 0

beforeEach(async () => {
  server = await startApiServer()
  const folder = join(root, `test-${count++}`)
  published = files('ann', 'first')
  volume = new PublishedFiles(folder, published)
  config = join(folder, 'config')
  await writeConfig({ tokenFile: volume.path('token') })
})

afterEach(async () => {
  proxy.child.kill('SIGKILL')
  await proxy.ended()
  await server.close()
})

type Files = Readonly<Record<string, string>>

function files(user: string, token: string, more = ''): Files {
  const { certificatePem, privateKeyPem } = server.issueCertificate({ user })
  return {
    'tls.crt': certificatePem,
    'tls.key': privateKeyPem,
    'ca.crt': server.certificateAuthorityPem + more,
    token: `KUBECRED-PLANTED-SECRET-${token}`,
  }
}

function otherAuthorityToo(): string {
  const { certificatePem: other } = createCertificateAuthority({ commonName: 'other' })
  return server.certificateAuthorityPem + other
}

async function writeConfig(user: Readonly<Record<string, string>>): Promise<void> {
  await writeKubeconfig(
    config,
    server.kubeconfig({
      user: {
        'client-certificate': volume.path('tls.crt'),
        'client-key': volume.path('tls.key'),
        ...user,
      },
      cluster: { 'certificate-authority': volume.path('ca.crt'), 'certificate-authority-data': '' },
    }),
  )
}

async function start(...args: readonly string[]): Promise<number> {
  proxy = new KubecredProcess(['proxy', '--port=0', '--kubeconfig', config, ...args])
  await until(() => proxy.out.includes('\n') || proxy.child.exitCode !== null)
  return Number(/:(\d+)\n/u.exec(proxy.out)?.[1])
}

/** Waits until the server is asked by this user, with this token. */
async function serves(user: string, token: string): Promise<void> {
  server.clearRequests()
  const authorization = `Bearer KUBECRED-PLANTED-SECRET-${token}`
  await until(() =>
    server.requests.some(
      (request) => request.user === user && request.headers.authorization === authorization,
    ),
  )
}

describe('the clients of a proxy', () => {
  test.each([['HTTP/1.1'], ['HTTP/2', '--http2']])(
    'notice nothing of another certificate, token, authority and kubeconfig, over %s',
    async (_protocol, ...args) => {
      difference('rotation-drains')
      const port = await start(...args)
      const clients = new SteadyClients(port, 8)
      await serves('ann', 'first')
      const open = await OpenThrough.open(server, port)
      expect(open.user).toBe('ann')
      const { certificatePem: other } = createCertificateAuthority({ commonName: 'other' })
      const changes: readonly (() => Promise<void>)[] = [
        async () => {
          volume.publish(files('bob', 'first'))
          await serves('bob', 'first')
        },
        async () => {
          volume.publish(files('bob', 'second'))
          await serves('bob', 'second')
        },
        async () => {
          volume.publish(files('bob', 'second', other))
          await until(() => proxy.err.includes('ca.crt has changed'))
          await serves('bob', 'second')
        },
        async () => {
          await writeConfig({ token: 'KUBECRED-PLANTED-SECRET-third' })
          await until(() => proxy.err.includes('config has changed'))
          await serves('bob', 'third')
        },
      ]
      for (const change of changes) {
        await change()
        open.goOn()
        await open.upgradeGoesOn()
        await open.watchGoesOn()
      }
      const { downloaded, uploadArrived } = await open.finish()
      await clients.stop()
      open.close()
      expect([downloaded, uploadArrived]).toEqual([open.sent, true])
      expect(clients.failures).toEqual([])
      expect(clients.answered).toBeGreaterThan(100)
      proxy.child.kill('SIGTERM')
      expect(await proxy.ended()).toBe(0)
    },
  )

  test.each([
    ['certificate', (now: Files): Files => ({ ...now, ...files('bob', 'first') })],
    ['authority', (now: Files): Files => ({ ...now, 'ca.crt': otherAuthorityToo() })],
  ])(
    'see a watch end after another %s, though nobody asks for anything else',
    async (_what, next) => {
      const port = await start('--rotation-drain=300ms')
      const open = await OpenThrough.open(server, port)
      await open.watchGoesOn()
      volume.publish(next(published))
      await until(() => open.watchEnded !== undefined)
      expect(open.watchEnded).toBe('whole')
      expect(open.events).toMatch(/\}\n$/u)
      expect(await open.downloadCut()).toContain('aborted')
      await open.upgradeGoesOn()
      open.close()
    },
  )

  test('see a watch end after a whole line at the drain deadline, and no upgrade cut', async () => {
    const port = await start('--rotation-drain=300ms')
    const clients = new SteadyClients(port, 2)
    await serves('ann', 'first')
    const open = await OpenThrough.open(server, port)
    await open.watchGoesOn()
    volume.publish(files('bob', 'first'))
    await serves('bob', 'first')
    await until(() => open.watchEnded !== undefined)
    expect(open.watchEnded).toBe('whole')
    expect(open.events).toMatch(/\}\n$/u)
    expect(await open.downloadCut()).toContain('aborted')
    await open.upgradeGoesOn()
    await clients.stop()
    expect(clients.failures).toEqual([])
    open.close()
  })
})
