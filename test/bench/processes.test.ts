import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import { describe, expect, test } from 'vitest'

import { readTreeUsage } from '../../bench/measure/process-tree.ts'
import { sendRequests } from '../../bench/measure/send-requests.ts'
import { startBenchServer } from '../../bench/processes/start-api-server.ts'
import { connect } from '../../src/doors/undici.ts'
import { createFakePlugin, writeKubeconfig } from '../../src/doors/testing.ts'
import { kubeconfigFor } from '../../src/testing/fake-kubeconfig.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'

describe.skipIf(process.platform !== 'linux')('the use of processes (Linux tells it)', () => {
  test('is that of a process and its children together, but for those that do not count', async () => {
    const idle = 'setInterval(() => {}, 1000)'
    const program = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(`${idle} // the plugin`)}], { stdio: 'inherit' }).once('spawn', () => console.log('started'))`
    const parent = spawn(process.execPath, ['-e', program], {
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    try {
      await once(parent.stdout, 'data')
      const all = readTreeUsage(parent.pid ?? -1)
      const alone = readTreeUsage(parent.pid ?? -1, 'the plugin')
      expect(alone?.residentMiB).toBeGreaterThan(10)
      expect(all?.residentMiB).toBeGreaterThan(alone?.residentMiB ?? Infinity)
      expect(all?.peakMiB).toBeGreaterThanOrEqual(all?.residentMiB ?? Infinity)
    } finally {
      process.kill(-(parent.pid ?? 0), 'SIGKILL')
    }
  })

  test('is not known of a process that is gone', async () => {
    const gone = spawn(process.execPath, ['-e', '0'])
    await once(gone, 'exit')
    expect(readTreeUsage(gone.pid ?? -1)).toBeUndefined()
  })
})

test('what is lost is counted by what was said of it', async () => {
  let asked = 0
  const server = createServer((request, response) => {
    asked++
    if (asked % 3 === 0) request.socket.destroy()
    else response.writeHead(asked % 3 === 1 ? 200 : 503).end('{}')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  // A server that listens on a port has an address of this kind.
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}/`
  const sent = await sendRequests({ url, concurrency: 1, going: (many) => many < 9 })
  server.close()
  expect({ ...sent, ms: sent.ms.length }).toEqual({
    ms: 3,
    failed: 6,
    failures: { '503': 3, UND_ERR_SOCKET: 3 },
  })
})

test('the server of the bench counts who came, and rotates certificates as fast as it is told', async () => {
  await using server = await startBenchServer()
  const directory = temporaryFolder()
  const plugin = await createFakePlugin({ directory })
  await plugin.behave({ issueFrom: { url: server.where.certificates, lifetimeMs: 60_000 } })
  const kubeconfig = `${directory}/kubeconfig`
  await writeKubeconfig(kubeconfig, kubeconfigFor(server.where, { user: plugin.user() }))
  await using cluster = await connect({ kubeconfig })
  const ask = async (): Promise<number> => {
    const { statusCode, body } = await cluster.request('/at-once')
    await body.dump()
    return statusCode
  }
  expect(await ask()).toBe(200)
  await cluster.source.renew()
  expect(await ask()).toBe(200)
  expect(await server.counts()).toMatchObject({ answered: 2, refused: 0, certificates: 2 })
  await server.revokeAll()
  await server.forget()
  expect(await ask()).toBe(200)
  expect(await server.counts()).toMatchObject({ answered: 1, refused: 1, certificates: 1 })
})
