import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { liveCluster } from '../cli/live-cluster.ts'
import { isRunning } from '../exec/processes.ts'
import { until } from '../testing/until.ts'
import { abortOne } from './aborted-requests.ts'
import { atMost } from './at-most.ts'
import { openAndCloseWatches } from './closed-watches.ts'
import { cutOneUpgrade } from './cut-upgrades.ts'
import { expectNothingLeft } from './nothing-left.ts'
import { ProbedProxy } from './probed-proxy.ts'
import { RawClient } from './raw-client.ts'
import { StubbornServer } from './stubborn-server.ts'
import { WaitingRequests } from './waiting-requests.ts'

const isLinux = process.platform === 'linux'

// Over HTTP/1.1 each request that is given up costs a connection.
const cluster = liveCluster({ http2: false })

describe.skipIf(!isLinux)(
  `a proxy${isLinux ? '' : ' (skipped: only Linux shows what a process holds)'}`,
  () => {
    let proxy: ProbedProxy
    let withPlugin: ProbedProxy
    let server: StubbornServer

    beforeAll(async () => {
      server = new StubbornServer(cluster.server)
      const www = join(cluster.folder, 'www')
      mkdirSync(www)
      writeFileSync(join(www, 'large'), Buffer.alloc(8_000_000))
      const { folder, withToken, withPlugin: path } = cluster
      proxy = await ProbedProxy.start(['--kubeconfig', withToken, '--www', www], folder)
      withPlugin = await ProbedProxy.start(['--kubeconfig', path], folder)
    })

    afterAll(async () => {
      await proxy.kill()
      await withPlugin.kill()
    })

    test('holds nothing of 9,000 requests that were aborted, wherever they stood', async () => {
      await expectNothingLeft(proxy, cluster.server, {
        warmUp: 1500,
        rounds: 4500,
        play: (rounds) => atMost(64, rounds, (number) => abortOne(proxy.port, server, number)),
      })
    })

    test('holds nothing of 1,000 requests that were aborted while its plugin ran', async () => {
      const requests = new WaitingRequests(withPlugin.port, cluster.server)
      await requests.slowDown(cluster.plugin)
      await expectNothingLeft(withPlugin, cluster.server, {
        warmUp: 500,
        rounds: 500,
        play: (rounds) => requests.play(rounds),
      })
      expect(requests.unanswered).toBeGreaterThanOrEqual(1000)
    })

    test('holds nothing of 1,000 watches, whoever has closed them', async () => {
      await expectNothingLeft(proxy, cluster.server, {
        warmUp: 320,
        rounds: 500,
        play: (rounds) => openAndCloseWatches(proxy.port, cluster.server, rounds),
      })
    })

    test('holds nothing of 100 upgrades that were cut half-way, by either side', async () => {
      await expectNothingLeft(proxy, cluster.server, {
        warmUp: 36,
        rounds: 50,
        play: (rounds) => atMost(10, rounds, (number) => cutOneUpgrade(proxy.port, server, number)),
      })
    })

    test('still answers after all that', async () => {
      for (const { port } of [proxy, withPlugin]) {
        const client = new RawClient(port)
        client.get('/ok/after')
        await client.until(() => client.text.endsWith('well\n'))
        expect(client.text).toMatch(/^HTTP\/1\.1 200 OK\r\n/u)
      }
    })

    test('lets go of them even while its plugin hangs, and ends at once all the same', async () => {
      const requests = new WaitingRequests(withPlugin.port, cluster.server)
      await requests.renewCredential()
      // A minute is as good as for ever, and nothing is left should this fail.
      await cluster.plugin.behave({ delayMs: 60_000 })
      await cluster.plugin.clearRuns()
      await requests.revokeCredential()
      const client = new RawClient(withPlugin.port)
      client.get('/ok/waiting')
      await until(async () => (await cluster.plugin.runs()).length > 0)
      await requests.playWave(0)
      await client.leave('close')
      const { holdings } = await withPlugin.lookUntil(
        (look) => look.holdings.objects.exchanges === 0,
      )
      expect(holdings.objects.exchanges).toBe(0)
      const [plugin] = await cluster.plugin.runs()
      expect(isRunning(plugin?.pid ?? 0)).toBe(true)
      await expectToEnd(withPlugin)
      await until(() => !isRunning(plugin?.pid ?? 0))
    })

    test('ends at once when it is told to', async () => {
      await expectToEnd(proxy)
    })
  },
)

async function expectToEnd(proxy: ProbedProxy): Promise<void> {
  const { outcome, tookMs } = await proxy.stop()
  expect(outcome).toBe(0)
  // One that waited for something under way would wait ten seconds.
  expect(tookMs).toBeLessThan(8000)
}
