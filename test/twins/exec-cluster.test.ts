import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, test } from 'vitest'

import type { JsonObject } from '../../src/api/json.ts'
import { chooseConnection } from '../../src/connect/connection.ts'
import { credentialSource } from '../../src/connect/wire.ts'
import { createCertificateAuthority } from '../../src/testing/certificate-authority.ts'
import { writeKubeconfig } from '../../src/testing/fake-kubeconfig.ts'
import { createFakePlugin, type FakePlugin } from '../../src/testing/fake-plugin.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'

// What client-go's TestConfigToExecCluster asserts: how a configuration becomes what a plugin is told.

const folder = temporaryFolder()
const apiVersion = 'client.authentication.k8s.io/v1'
const { certificatePem } = createCertificateAuthority()
const authorityFile = join(folder, 'ca.pem')
writeFileSync(authorityFile, certificatePem)
const inBase64 = Buffer.from(certificatePem).toString('base64')
const proxyUrl = 'https://some-proxy-url.com/tuna/fish'
const server = 'https://some-host'
const extensions = [{ name: 'client.authentication.k8s.io/exec', extension: { some: 'stuff' } }]
const base = { server, 'tls-server-name': 'some-server-name', extensions }
const config = { some: 'stuff' }
let count = 0

async function newPlugin(): Promise<FakePlugin> {
  const directory = join(folder, `plugin-${count++}`)
  mkdirSync(directory)
  const credential = { apiVersion, kind: 'ExecCredential', status: { token: 't' } }
  return await createFakePlugin({ directory, behaviour: { credential } })
}

async function toldOf(cluster: JsonObject, plugin?: FakePlugin): Promise<unknown> {
  const told = plugin ?? (await newPlugin())
  const kubeconfig = join(folder, `config-${count++}`)
  await writeKubeconfig(kubeconfig, {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'x',
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    clusters: [{ name: 'c', cluster }],
    users: [{ name: 'u', user: told.user({ provideClusterInfo: true }) }],
  })
  await using source = await credentialSource(await chooseConnection({ kubeconfig }))
  await source.get()
  const [run] = await told.runs()
  return JSON.parse(run?.execInfo ?? '').spec.cluster
}

describe('a plugin is told of its cluster', () => {
  test('with an authority from the kubeconfig', async () => {
    const cluster = {
      ...base,
      'certificate-authority-data': inBase64,
      'proxy-url': proxyUrl,
      'disable-compression': true,
    }
    expect(await toldOf(cluster)).toEqual({
      server,
      'tls-server-name': 'some-server-name',
      'certificate-authority-data': inBase64,
      'proxy-url': proxyUrl,
      'disable-compression': true,
      config,
    })
  })

  test('with an authority from a file', async () => {
    const cluster = { ...base, 'certificate-authority': authorityFile, 'proxy-url': proxyUrl }
    expect(await toldOf(cluster)).toEqual({
      server,
      'tls-server-name': 'some-server-name',
      'certificate-authority-data': inBase64,
      'proxy-url': proxyUrl,
      config,
    })
  })

  test('without a proxy when there is none, and that its certificate is not verified', async () => {
    const cluster = { server, 'insecure-skip-tls-verify': true, 'proxy-url': '' }
    expect(await toldOf(cluster)).toEqual({
      server,
      'insecure-skip-tls-verify': true,
      config: null,
    })
  })

  test('and no plugin runs where the authority cannot be read', async () => {
    const plugin = await newPlugin()
    const missing = join(folder, 'this-file-does-not-exist')
    await expect(toldOf({ server, 'certificate-authority': missing }, plugin)).rejects.toThrow(
      `unable to read certificate-authority ${missing} for c due to open ${missing}: `,
    )
    expect(await plugin.runs()).toEqual([])
  })

  test.each([
    ['the proxy', { server, 'proxy-url': 'no proxy' }],
    ['the server', { server: 'invalid-config-host\n' }],
  ])('and no plugin runs where %s is no URL', async (_what, cluster) => {
    const plugin = await newPlugin()
    await expect(toldOf(cluster, plugin)).rejects.toThrow('invalid configuration: ')
    expect(await plugin.runs()).toEqual([])
  })
})
