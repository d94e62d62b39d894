import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { run } from '../../src/cli/run.ts'
import { FakeTerminal } from '../cli/fake-terminal.ts'
import { liveCluster, plantedToken } from '../cli/live-cluster.ts'
import { until } from '../testing/until.ts'
import { besidePrometheus, hasPrometheus, Prometheus, promtoolComplaints } from './prometheus.ts'

const cluster = liveCluster()
const lifetimeMs = 1_800_000

describe.runIf(hasPrometheus)(besidePrometheus('Prometheus'), () => {
  const terminal = new FakeTerminal()
  let ended: Promise<number> | undefined
  let api = ''
  let metrics = ''
  let prometheus: Prometheus | undefined

  beforeAll(async () => {
    const where = ['--port=0', '--metrics-address=127.0.0.1:0']
    ended = run(['proxy', '--kubeconfig', cluster.withPlugin, ...where], terminal)
    await until(() => terminal.out !== '')
    const [, apiAt = '', metricsAt = ''] = / on (\S+)\n.* on (\S+)\n$/u.exec(terminal.out) ?? []
    api = `http://${apiAt}`
    metrics = metricsAt
    prometheus = await Prometheus.start(cluster.folder, metricsAt)
  })

  afterAll(async () => {
    await prometheus?.close()
    terminal.signal('SIGTERM')
    await ended
  })

  async function ask(query: string): Promise<readonly unknown[]> {
    return (await prometheus?.query(query)) ?? []
  }

  async function page(): Promise<string> {
    return await (await fetch(`http://${metrics}/metrics`)).text()
  }

  test('scrapes a proxy, before anything has happened', async () => {
    await until(async () => (await prometheus?.lastError()) !== undefined)
    expect(await prometheus?.lastError()).toBe('')
    await until(async () => (await ask('up == 1')).length === 1)
    const infinite = [{ labels: {}, value: Infinity }]
    await until(async () => (await ask('rest_client_exec_plugin_ttl_seconds')).length === 1)
    expect(await ask('rest_client_exec_plugin_ttl_seconds')).toEqual(infinite)
    expect(await ask('rest_client_exec_plugin_call_total')).toEqual([])
  })

  test('has the numbers of what has happened', async () => {
    const issueFrom = { url: cluster.server.pluginEndpoint, kind: 'certificate' } as const
    await cluster.plugin.behave([{ exitCode: 3 }, { issueFrom: { ...issueFrom, lifetimeMs } }])
    expect((await fetch(`${api}/version`)).status).toBe(502)
    await until(async () => (await fetch(`${api}/version`)).status === 200)
    await until(
      async () => (await ask('rest_client_exec_plugin_call_total{code="0"} == 1')).length === 1,
    )
    expect(await ask('sort(rest_client_exec_plugin_call_total)')).toEqual(
      expect.arrayContaining([
        { labels: { call_status: 'no_error', code: '0' }, value: 1 },
        { labels: { call_status: 'plugin_execution_error', code: '3' }, value: 1 },
      ]),
    )
    const between = `rest_client_exec_plugin_ttl_seconds < ${lifetimeMs / 1000 + 2} > 1700`
    expect(await ask(between)).toHaveLength(1)
    await until(async () => {
      const counted = await ask('kubecred_proxy_requests_total{code="200",method="GET"} == 1')
      return counted.length === 1
    })
    expect(await ask('kubecred_proxy_requests_total{code="502"} >= 1')).toHaveLength(1)
  })

  test('reads the histogram as one, with the buckets of client-go', async () => {
    const name = 'rest_client_exec_plugin_certificate_rotation_age'
    const buckets = await prometheus?.query(`${name}_bucket`)
    const bounds = buckets?.map(({ labels }) => labels['le']).toSorted()
    expect(bounds).toEqual(
      [
        ...['600', '1800', '3600', '14400', '86400', '604800', '2.592e+06', '7.776e+06'],
        ...['1.5552e+07', '3.1104e+07', '1.24416e+08', '+Inf'],
      ].toSorted(),
    )
    expect(await ask(`${name}_count`)).toEqual([{ labels: {}, value: 0 }])
    // What no observation has is not a number; of no histogram there would be nothing.
    expect(await ask(`histogram_quantile(0.9, ${name}_bucket)`)).toEqual([
      { labels: {}, value: Number.NaN },
    ])
  })

  test('knows type and help of each metric', async () => {
    const metadata = await prometheus?.metadata()
    const types = [...(metadata ?? [])].map(([name, { type }]) => [name, type])
    expect(Object.fromEntries(types)).toMatchObject({
      kubecred_build_info: 'gauge',
      kubecred_proxy_requests_in_flight: 'gauge',
      kubecred_proxy_requests_total: 'counter',
      process_cpu_seconds_total: 'counter',
      rest_client_exec_plugin_call_total: 'counter',
      rest_client_exec_plugin_certificate_rotation_age: 'histogram',
      rest_client_exec_plugin_ttl_seconds: 'gauge',
    })
    expect([...(metadata?.values() ?? [])].every(({ help }) => help !== '')).toBe(true)
  })

  test('has a tool that finds nothing to complain of', async () => {
    const text = await page()
    expect(text.includes(plantedToken)).toBe(false)
    expect(promtoolComplaints(text)).toBe('')
    expect(promtoolComplaints(text.replaceAll('_total', '_totals'))).not.toBe('')
  })
})
