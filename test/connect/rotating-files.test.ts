import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Writable } from 'node:stream'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import type { JsonObject } from '../../src/api/json.ts'
import { connect as connectHttps } from '../../src/doors/https.ts'
import type { CredentialSource } from '../../src/doors/index.ts'
import { connect as connectUndici } from '../../src/doors/undici.ts'
import { subscribe } from '../../src/events/channels.ts'
import { startApiServer, type FakeApiServer } from '../../src/testing/api-server.ts'
import { createCertificateAuthority } from '../../src/testing/certificate-authority.ts'
import { writeKubeconfig } from '../../src/testing/fake-kubeconfig.ts'
import { difference } from '../differences.ts'
import { PublishedFiles } from '../file/published-files.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { until } from '../testing/until.ts'
import { text, type TestResponse } from '../transport/stacks.ts'

interface Cluster extends AsyncDisposable {
  readonly source: CredentialSource
  request(path: string): Promise<TestResponse>
}

const doors: readonly [string, (kubeconfig: string) => Promise<Cluster>][] = [
  ['kubecred/https', (path) => connectHttps({ kubeconfig: path, retries: false })],
  ['kubecred/undici', (path) => connectUndici({ kubeconfig: path, retries: false })],
]

const root = temporaryFolder()
const namespaces = '/api/v1/namespaces'
let server: FakeApiServer
let folder: string
let count = 0

beforeEach(async () => {
  server = await startApiServer()
  folder = join(root, `test-${count++}`)
})

afterEach(async () => {
  await until(() => server.openConnections === 0)
  await server.close()
})

const pairOf = (user: string) => {
  const { certificatePem, privateKeyPem } = server.issueCertificate({ user })
  return { 'tls.crt': certificatePem, 'tls.key': privateKeyPem }
}

async function kubeconfig(user: JsonObject, cluster: JsonObject = {}): Promise<string> {
  const path = join(folder, 'config')
  await writeKubeconfig(path, server.kubeconfig({ user, cluster }))
  return path
}

async function get(cluster: Cluster): Promise<number> {
  const { statusCode, body } = await cluster.request(namespaces)
  await text(body)
  return statusCode
}

/** A response that is open until the test ends it. */
async function openSlow(cluster: Cluster): Promise<() => Promise<string>> {
  let out: Writable | undefined
  const done = server.intercept((request, respond) => {
    if (request.path !== '/slow') return false
    out = respond.begin({ statusCode: 200 })
    out.write('begun ')
    return true
  })
  const { body } = await cluster.request('/slow')
  return async () => {
    done()
    out?.end('and finished')
    return await text(body)
  }
}

const lastUser = (): string | undefined => server.requests.at(-1)?.user

describe.each(doors)('%s', (_door, connect) => {
  test('uses the token that the kubelet has put in the place of the old, on the same connections', async () => {
    const tokenOf = (user: string): string => server.issueToken({ user }).token
    const volume = new PublishedFiles(join(folder, 'sa'), { token: tokenOf('ann') })
    await using cluster = await connect(await kubeconfig({ tokenFile: volume.path('token') }))
    // Several to begin with: undici takes turns between connections.
    for (let requests = 0; requests < 3; requests++) await get(cluster)
    expect(lastUser()).toBe('ann')
    const opened = server.connectionsOpened
    for (const user of ['bob', 'cat']) {
      volume.publish({ token: tokenOf(user) })
      await until(async () => (await get(cluster)) === 200 && lastUser() === user)
    }
    expect(server.connectionsOpened).toBe(opened)
  })

  test('uses a new pair of certificate and key over new connections, and lets the old ones finish', async () => {
    const volume = new PublishedFiles(join(folder, 'tls'), pairOf('ann'))
    const user = {
      'client-certificate': volume.path('tls.crt'),
      'client-key': volume.path('tls.key'),
    }
    await using cluster = await connect(await kubeconfig(user))
    const finish = await openSlow(cluster)
    expect(lastUser()).toBe('ann')
    for (const next of ['bob', 'cat']) {
      volume.publish(pairOf(next))
      await until(async () => (await get(cluster)) === 200 && lastUser() === next)
    }
    expect(await finish()).toBe('begun and finished')
  })

  test('goes on with the old pair while only one half is new', async () => {
    const [old, next] = [pairOf('ann'), pairOf('bob')]
    const volume = new PublishedFiles(join(folder, 'tls'), old)
    const user = {
      'client-certificate': volume.path('tls.crt'),
      'client-key': volume.path('tls.key'),
    }
    await using cluster = await connect(await kubeconfig(user))
    expect([await get(cluster), lastUser()]).toEqual([200, 'ann'])
    const failures: string[] = []
    const stop = subscribe('kubecred:file:failed', ({ message }) => failures.push(message))
    writeFileSync(volume.path('tls.crt'), next['tls.crt'])
    await until(async () => {
      expect([await get(cluster), lastUser()]).toEqual([200, 'ann'])
      return failures.length > 0
    })
    stop()
    expect(failures[0]).toContain('private key does not match public key')
    writeFileSync(volume.path('tls.key'), next['tls.key'])
    await until(async () => (await get(cluster)) === 200 && lastUser() === 'bob')
  })

  test('trusts whom a changed certificate-authority names, and nobody else', async () => {
    difference('authority-rotates')
    const { certificatePem: other } = createCertificateAuthority({ commonName: 'other' })
    const own = server.certificateAuthorityPem
    const volume = new PublishedFiles(join(folder, 'ca'), { 'ca.crt': own })
    const { token } = server.issueToken()
    const path = await kubeconfig(
      { token },
      {
        'certificate-authority': volume.path('ca.crt'),
        'certificate-authority-data': '',
      },
    )
    await using cluster = await connect(path)
    const finish = await openSlow(cluster)
    expect(await get(cluster)).toBe(200)
    const idle = server.requests.at(-1)?.connectionId
    volume.publish({ 'ca.crt': `${own}${other}` })
    await until(async () => {
      expect(await get(cluster)).toBe(200)
      return server.requests.at(-1)?.connectionId !== idle
    })
    volume.publish({ 'ca.crt': other })
    await until(async () => (await get(cluster).catch(() => 'distrusted')) === 'distrusted')
    volume.publish({ 'ca.crt': 'no certificate' })
    await expect(get(cluster)).rejects.toThrow(/unable to verify|unknown authority|self-signed/u)
    volume.publish({ 'ca.crt': own })
    await until(async () => (await get(cluster).catch(() => 'distrusted')) === 200)
    expect(await finish()).toBe('begun and finished')
  })

  test('reads no file for a request', async () => {
    const volume = new PublishedFiles(join(folder, 'sa'), { token: server.issueToken().token })
    await using cluster = await connect(await kubeconfig({ tokenFile: volume.path('token') }))
    let readings = 0
    const stop = subscribe('kubecred:credential:renewed', () => readings++)
    for (let requests = 0; requests < 200; requests++) await get(cluster)
    for (let asked = 0; asked < 100_000; asked++) cluster.source.current()
    stop()
    expect(readings).toBe(1)
  })
})
