import { join } from 'node:path'

import { afterAll, beforeAll, expect, test } from 'vitest'

import type { ExecConfig } from '../../src/api/exec-config.ts'
import type { JsonObject } from '../../src/api/json.ts'
import { sourceKey, type SourceParts } from '../../src/connect/source-key.ts'
import { connect } from '../../src/doors/undici.ts'
import { thisHost } from '../../src/host/host.ts'
import { startApiServer, type FakeApiServer } from '../../src/testing/api-server.ts'
import { writeKubeconfig } from '../../src/testing/fake-kubeconfig.ts'
import { createFakePlugin, type FakePlugin } from '../../src/testing/fake-plugin.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { text } from '../transport/stacks.ts'

// What client-go's tests of its cache of authenticators assert.

const host = thisHost()

interface Configuration {
  readonly variables?: readonly string[]
  readonly told?: boolean
  readonly audience?: string
  readonly stdinUnavailable?: boolean
}

function keyOf({ variables = [], told = false, audience, ...plugin }: Configuration): string {
  const exec: ExecConfig = {
    command: 'foo-bar',
    args: ['1', '2'],
    env: variables.map((name) => ({ name, value: `${name}'s` })),
    apiVersion: 'client.authentication.k8s.io/v1beta1',
    installHint: '',
    provideClusterInfo: told,
    interactiveMode: 'IfAvailable',
  }
  const cluster = {
    server: 'foo',
    tlsServerName: 'bar',
    insecureSkipTlsVerify: false,
    certificateAuthorityData: Buffer.from('baz'),
    proxyUrl: '',
    disableCompression: false,
    config: { apiVersion: 'group/v1', kind: 'PluginConfig', spec: { audience: audience ?? '' } },
  }
  const known = audience === undefined ? plugin : { ...plugin, cluster }
  const parts: SourceParts = { exec, plugin: { host, ...known }, renewal: undefined }
  return sourceKey(parts)
}

test('equal configurations have one key, and whatever is told apart has another', () => {
  const three = { variables: ['3', '5', '7'], told: true, audience: 'snorlax' }
  const keys = [
    keyOf(three),
    keyOf({ variables: ['3', '5'], audience: 'snorlax' }),
    keyOf({ variables: ['3', '5'], audience: 'panda' }),
    keyOf({ variables: ['3', '5'], told: true, audience: 'panda' }),
    keyOf({ variables: ['3', '5'] }),
    keyOf({ variables: ['3', '5'], stdinUnavailable: true }),
  ]
  // Compared as truths: a failure must not print the environment.
  expect(keyOf(three) === keys[0]).toBe(true)
  expect(new Set(keys).size).toBe(keys.length)
})

const folder = temporaryFolder()
let server: FakeApiServer
let plugin: FakePlugin

beforeAll(async () => {
  server = await startApiServer()
  plugin = await createFakePlugin({ directory: folder })
  await plugin.behave({ issueFrom: { url: server.pluginEndpoint } })
})

afterAll(async () => {
  await server.close()
})

test('connections of equal configurations have one credential, and another one has its own', async () => {
  const open = async (name: string, exec: JsonObject = {}) => {
    const kubeconfig = join(folder, name)
    await writeKubeconfig(kubeconfig, server.kubeconfig({ user: plugin.user(exec) }))
    return await connect({ kubeconfig })
  }
  await using first = await open('first')
  await using second = await open('second')
  await using third = await open('third', { args: ['make this one different'] })
  for (const [cluster, path] of [
    [first, '/api/v1/nodes'],
    [second, '/api/v1/namespaces'],
    [third, '/api/v1/persistentvolumes'],
  ] as const) {
    await text((await cluster.request(path)).body)
  }
  expect(first.source.current()).toBe(second.source.current())
  expect(first.source.current()).not.toBe(third.source.current())
  expect(await plugin.runs()).toHaveLength(2)
})
