import { join } from 'node:path'

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'

import { connect as connectHttps } from '../../src/doors/https.ts'
import { connect as connectUndici } from '../../src/doors/undici.ts'
import type { ConnectOptions } from '../../src/connect/wire.ts'
import { startApiServer, type FakeApiServer } from '../../src/testing/api-server.ts'
import { createFakeClock, type FakeClock } from '../../src/testing/fake-clock.ts'
import { writeKubeconfig } from '../../src/testing/fake-kubeconfig.ts'
import { createFakePlugin, type FakePlugin } from '../../src/testing/fake-plugin.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'

const folder = temporaryFolder()
const kubeconfig = join(folder, 'config')
let server: FakeApiServer
let plugin: FakePlugin
let clock: FakeClock

beforeAll(async () => {
  server = await startApiServer()
  plugin = await createFakePlugin({ directory: folder })
  await plugin.behave({ stderr: 'the session has expired\n', exitCode: 3 })
  await writeKubeconfig(kubeconfig, server.kubeconfig({ user: plugin.user() }))
})

beforeEach(async () => {
  clock = createFakeClock()
  await plugin.clearRuns()
})

afterAll(async () => {
  await server.close()
})

const doors = {
  'request of kubecred/https': async (options: ConnectOptions) => {
    const cluster = await connectHttps(options)
    return { cluster, ask: () => cluster.request('/version') }
  },
  'request of kubecred/undici': async (options: ConnectOptions) => {
    const cluster = await connectUndici(options)
    return { cluster, ask: () => cluster.request('/version') }
  },
  'fetch of kubecred/undici': async (options: ConnectOptions) => {
    const cluster = await connectUndici(options)
    return { cluster, ask: () => cluster.fetch('/version') }
  },
  'dispatcher of kubecred/undici': async (options: ConnectOptions) => {
    const cluster = await connectUndici(options)
    const ask = () => cluster.dispatcher.request({ method: 'GET', path: '/version' })
    return { cluster, ask }
  },
}

describe.each(Object.entries(doors))('%s, with a plugin that fails', (_, open) => {
  test('tells everybody what it said, from one run, and when it is asked again', async () => {
    const renewal = { clock, random: () => 0 }
    const { cluster, ask } = await open({ kubeconfig, renewal, plugin: { stderr: 'ignore' } })
    const failed = {
      code: 'ERR_EXEC_FAILED',
      message: `getting credentials: exec: executable ${plugin.command} failed with exit code 3`,
      hint: `run ${plugin.command} by hand to see what it says`,
      details: { command: plugin.command, exitCode: 3, stderrTail: 'the session has expired' },
    }
    await expect(ask()).rejects.toMatchObject(failed)
    clock.advance(100)
    const errors = await Promise.allSettled(Array.from({ length: 100 }, async () => await ask()))
    expect(errors).toEqual(
      errors.map(() => ({
        status: 'rejected',
        reason: expect.objectContaining({
          ...failed,
          hint: `${failed.hint}; it is tried again in 1 s`,
          details: { ...failed.details, retryInMs: 900 },
        }) as unknown,
      })),
    )
    expect(await plugin.runs()).toHaveLength(1)
    clock.advance(900)
    await expect(ask()).rejects.toMatchObject(failed)
    expect(await plugin.runs()).toHaveLength(2)
    await cluster.close()
  })
})
