import { join } from 'node:path'

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'

import type { JsonObject } from '../../src/api/json.ts'
import { execSources } from '../../src/connect/exec-sources.ts'
import type { ConnectOptions } from '../../src/connect/wire.ts'
import { connect as connectHttps } from '../../src/doors/https.ts'
import {
  credentialSource,
  loadKubeconfig,
  selectConnection,
  subscribe,
} from '../../src/doors/index.ts'
import { connect as connectUndici } from '../../src/doors/undici.ts'
import { thisHost } from '../../src/host/host.ts'
import { startApiServer, type FakeApiServer } from '../../src/testing/api-server.ts'
import { writeKubeconfig } from '../../src/testing/fake-kubeconfig.ts'
import { createFakePlugin, type FakePlugin } from '../../src/testing/fake-plugin.ts'
import { difference } from '../differences.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { text } from '../transport/stacks.ts'

const folder = temporaryFolder()
let server: FakeApiServer
let plugin: FakePlugin
let count = 0

beforeAll(async () => {
  server = await startApiServer()
  plugin = await createFakePlugin({ directory: folder })
  await plugin.behave({ issueFrom: { url: server.pluginEndpoint } })
})

beforeEach(async () => {
  await plugin.clearRuns()
})

afterAll(async () => {
  await server.close()
})

async function kubeconfigFor(exec: JsonObject = {}, cluster: JsonObject = {}): Promise<string> {
  const path = join(folder, `config-${count++}`)
  const user = {
    exec: {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: plugin.command,
      interactiveMode: 'Never',
      ...exec,
    },
  }
  await writeKubeconfig(path, server.kubeconfig({ user, cluster }))
  return path
}

async function runs(): Promise<number> {
  return (await plugin.runs()).length
}

async function use(cluster: Awaited<ReturnType<typeof connectHttps>>): Promise<number> {
  const { statusCode, body } = await cluster.request('/version')
  await text(body)
  return statusCode
}

/** Two connections, one after the other, both of which are used. */
async function runsOfTwo(one: ConnectOptions, two: ConnectOptions): Promise<number> {
  await plugin.clearRuns()
  await using first = await connectHttps(one)
  await using second = await connectHttps(two)
  expect(await use(first)).toBe(200)
  expect(await use(second)).toBe(200)
  return await runs()
}

describe('connections with an exec plugin', () => {
  test('share one run of it, on whatever stack, with one set of events', async () => {
    const events: string[] = []
    const ends = (['kubecred:exec:start', 'kubecred:credential:renewed'] as const).map((name) =>
      subscribe(name, () => events.push(name)),
    )
    const kubeconfig = await kubeconfigFor()
    await using one = await connectHttps({ kubeconfig })
    await using two = await connectUndici({ kubeconfig })
    const loaded = selectConnection(await loadKubeconfig({ path: kubeconfig }))
    await using three = await credentialSource(loaded)
    const [status, response, credential] = await Promise.all([
      use(one),
      two.request('/version'),
      three.get(),
    ])
    await response.body.text()
    for (const end of ends) end()
    expect([status, response.statusCode]).toEqual([200, 200])
    expect([one.source.current(), two.source.current()]).toEqual([credential, credential])
    expect(await runs()).toBe(1)
    expect(events).toEqual(['kubecred:exec:start', 'kubecred:credential:renewed'])
  })

  test('share it between clusters that it is not told about', async () => {
    const one = await kubeconfigFor()
    const two = await kubeconfigFor({}, { 'tls-server-name': 'localhost' })
    expect(await runsOfTwo({ kubeconfig: one }, { kubeconfig: two })).toBe(1)
  })

  test('have one each for clusters that it is told about', async () => {
    const told = { provideClusterInfo: true }
    const one = await kubeconfigFor(told)
    const two = await kubeconfigFor(told, { 'tls-server-name': 'localhost' })
    const three = await kubeconfigFor(told, {
      extensions: [{ name: 'client.authentication.k8s.io/exec', extension: { a: 1 } }],
    })
    expect(await runsOfTwo({ kubeconfig: one }, { kubeconfig: one })).toBe(1)
    expect(await runsOfTwo({ kubeconfig: one }, { kubeconfig: two })).toBe(2)
    expect(await runsOfTwo({ kubeconfig: one }, { kubeconfig: three })).toBe(2)
  })

  test('have one each when the entry or an option differs, or one does not want to share', async () => {
    const kubeconfig = await kubeconfigFor()
    const other = await kubeconfigFor({ args: ['--other'] })
    expect(await runsOfTwo({ kubeconfig }, { kubeconfig: other })).toBe(2)
    expect(await runsOfTwo({ kubeconfig }, { kubeconfig, plugin: { stderr: 'ignore' } })).toBe(2)
    expect(await runsOfTwo({ kubeconfig }, { kubeconfig, shared: false })).toBe(2)
    const stderr = (): void => undefined
    const options = { kubeconfig, plugin: { stderr } }
    expect(await runsOfTwo(options, { ...options, plugin: { stderr } })).toBe(1)
    expect(await runsOfTwo(options, { ...options, plugin: { stderr: () => undefined } })).toBe(2)
  })

  test('go on when another one closes, and begin anew after the last one', async () => {
    const kubeconfig = await kubeconfigFor()
    const one = await connectHttps({ kubeconfig })
    const two = await connectHttps({ kubeconfig })
    await use(one)
    await one.close()
    expect(one.source.current()).toBeUndefined()
    await expect(one.source.get()).rejects.toMatchObject({ code: 'ERR_CLOSED' })
    server.revoke('all')
    expect(await use(two)).toBe(200)
    expect(await runs()).toBe(2)
    await two.close()
    await using three = await connectHttps({ kubeconfig })
    expect(await use(three)).toBe(200)
    expect(await runs()).toBe(3)
  })

  test(difference('shares-by-environment').ours, async () => {
    const kubeconfig = await kubeconfigFor()
    const env: Record<string, string | undefined> = { ...process.env, AWS_PROFILE: 'a' }
    const host = { ...thisHost(), env }
    await using one = await connectHttps({ kubeconfig, host })
    await use(one)
    await using two = await connectHttps({ kubeconfig, host: { ...host } })
    await use(two)
    expect(await runs()).toBe(1)
    env['AWS_PROFILE'] = 'b'
    await using three = await connectHttps({ kubeconfig, host })
    await use(three)
    expect(await runs()).toBe(2)
  })

  test('leave nothing behind when they could not be opened', async () => {
    const kubeconfig = await kubeconfigFor()
    const impossible = { kubeconfig, drainMs: -1 }
    await expect(connectHttps(impossible)).rejects.toThrow('"drainMs"')
    await expect(connectUndici(impossible)).rejects.toThrow('"drainMs"')
    await expect(connectHttps({ kubeconfig, retries: { max: -1 } })).rejects.toThrow(
      '"retries.max"',
    )
    const impersonate = { user: 'a\nb' }
    await expect(connectHttps({ kubeconfig, impersonate })).rejects.toThrow('Impersonate-User')
    expect(execSources.size).toBe(0)
  })

  test('leave nothing behind after 1,000 of them', async () => {
    const kubeconfig = await loadKubeconfig({ path: await kubeconfigFor() })
    for (let round = 0; round < 500; round++) {
      const one = await connectHttps({ kubeconfig })
      await using two = await connectUndici({
        kubeconfig,
        plugin: { env: { ROUND: String(round) } },
      })
      await one.close()
      expect(two.server).toBe(server.url)
    }
    expect(execSources.size).toBe(0)
    expect(await runs()).toBe(0)
  })
})
