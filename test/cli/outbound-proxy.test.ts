import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { createCertificateAuthority, writeKubeconfig } from '../../src/doors/testing.ts'
import { difference } from '../differences.ts'
import { FakeProxy } from '../transport/fake-proxy.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { until } from '../testing/until.ts'
import { KubecredProcess } from './kubecred-process.ts'
import { liveCluster } from './live-cluster.ts'

const cluster = liveCluster()
const folder = temporaryFolder()
let count = 0

/** A kubeconfig whose server has a name that only a proxy knows. */
async function kubeconfigElsewhere(more: Readonly<Record<string, string>> = {}): Promise<string> {
  const file = join(folder, `config-${count++}`)
  const changes = {
    server: 'https://api.example.com:6443',
    'tls-server-name': 'localhost',
    ...more,
  }
  const { token } = cluster.server.issueToken()
  await writeKubeconfig(file, cluster.server.kubeconfig({ user: { token }, cluster: changes }))
  return file
}

const startProxy = (): Promise<FakeProxy> =>
  FakeProxy.start({
    login: { username: 'ann', password: 'pw' },
    route: () => ({ host: '127.0.0.1', port: cluster.server.port }),
  })

test('a request goes through the proxy of the environment', async () => {
  await using proxy = await startProxy()
  const env = { HTTPS_PROXY: proxy.url('ann:pw@') }
  const path = await kubeconfigElsewhere()
  const kubecred = new KubecredProcess(['request', '/version', '--kubeconfig', path], { env })
  expect([await kubecred.ended(), kubecred.err]).toEqual([0, ''])
  expect(proxy.asked.map(({ how }) => how)).toEqual(['CONNECT api.example.com:6443 HTTP/1.1'])
})

test('a request that the proxy refuses says so, and not with what password', async () => {
  await using proxy = await startProxy()
  const password = 'KUBECRED-PLANTED-SECRET-proxy'
  const path = await kubeconfigElsewhere({ 'proxy-url': proxy.url(`ann:${password}@`) })
  const kubecred = new KubecredProcess(['request', '/version', '--kubeconfig', path])
  expect(await kubecred.ended()).not.toBe(0)
  expect(kubecred.err).toContain('Unable to connect to the server: Proxy Authentication Required')
  expect(kubecred.err).toContain(proxy.url())
  expect(kubecred.err).not.toContain(password)
})

test("kubecred proxy goes through it, too, whatever Node's own use of the environment", async () => {
  await using proxy = await startProxy()
  const path = await kubeconfigElsewhere({ 'proxy-url': proxy.url('ann:pw@') })
  const env = {
    NODE_USE_ENV_PROXY: '1',
    HTTPS_PROXY: 'http://127.0.0.1:1',
    HTTP_PROXY: 'http://127.0.0.1:1',
  }
  const kubecred = new KubecredProcess(['proxy', '--port=0', '--kubeconfig', path], { env })
  try {
    await until(() => /:\d+\n/u.test(kubecred.out))
    const port = /:(\d+)\n/u.exec(kubecred.out)?.[1]
    const response = await fetch(`http://127.0.0.1:${port}/version`)
    expect(await response.json()).toMatchObject({ major: '1' })
    expect(proxy.asked).toHaveLength(1)
  } finally {
    kubecred.child.kill()
    await kubecred.ended()
  }
})

test('an https proxy may have a certificate of an authority of the machine', async () => {
  difference('proxy-identity')
  const authority = createCertificateAuthority()
  const ipAddresses = ['127.0.0.1']
  const identity = authority.issue({ commonName: 'proxy', usage: 'server', ipAddresses })
  const route = () => ({ host: '127.0.0.1', port: cluster.server.port })
  await using proxy = await FakeProxy.start({ protocol: 'https', identity, route })
  const ofMachine = join(folder, 'authority.pem')
  writeFileSync(ofMachine, authority.certificatePem)
  const args = [
    'request',
    '/version',
    '--kubeconfig',
    await kubeconfigElsewhere({ 'proxy-url': proxy.url() }),
  ]
  const without = new KubecredProcess(args)
  expect(await without.ended()).not.toBe(0)
  expect(without.err).toContain('proxyconnect tcp: tls: failed to verify certificate')
  const env = { NODE_EXTRA_CA_CERTS: ofMachine }
  const kubecred = new KubecredProcess(args, { env })
  expect([await kubecred.ended(), kubecred.err]).toEqual([0, ''])
})

test("Node's own use of the environment does not lead a request to a proxy", async () => {
  const env = { NODE_USE_ENV_PROXY: '1', HTTPS_PROXY: 'http://127.0.0.1:1' }
  const args = ['request', '/version', '--kubeconfig', cluster.withToken]
  const kubecred = new KubecredProcess(args, { env })
  expect([await kubecred.ended(), kubecred.err]).toEqual([0, ''])
})
