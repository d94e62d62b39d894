import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { connect, createServer, type AddressInfo } from 'node:net'
import diagnostics from 'node:diagnostics_channel'
import { text } from 'node:stream/consumers'

import { afterEach, describe, expect, test } from 'vitest'

import { run } from '../../src/cli/run.ts'
import { version } from '../../src/doors/index.ts'
import { metricsContentType } from '../../src/doors/metrics.ts'
import { until } from '../testing/until.ts'
import { FakeTerminal, runCli } from './fake-terminal.ts'
import { liveCluster, plantedToken } from './live-cluster.ts'

const cluster = liveCluster()

interface RunningProxy {
  /** Port of the API. */
  readonly api: number
  /** Port of the metrics. */
  readonly metrics: number
  stop(): Promise<number>
}

const running: RunningProxy[] = []

afterEach(async () => {
  await Promise.all(running.splice(0).map((proxy) => proxy.stop()))
  await until(() => cluster.server.openConnections === 0)
})

async function startProxy(...args: readonly string[]): Promise<RunningProxy> {
  const terminal = new FakeTerminal()
  const where = ['--port=0', '--metrics-address=127.0.0.1:0']
  const user = args.includes('--kubeconfig') ? [] : ['--kubeconfig', cluster.withToken]
  const ended = run(['proxy', ...where, ...user, ...args], terminal)
  await until(() => terminal.out !== '' || terminal.err.includes('error:'))
  const [, api, metrics] =
    /^Starting to serve on [\d.]+:(\d+)\nServing metrics on 127\.0\.0\.1:(\d+)\n$/u.exec(
      terminal.out,
    ) ?? []
  const proxy = {
    api: Number(api),
    metrics: Number(metrics),
    stop: () => {
      if (!stopped) terminal.signal('SIGTERM')
      stopped = true
      return ended
    },
  }
  let stopped = false
  running.push(proxy)
  return proxy
}

interface Asked {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
}

async function respond(port: number, path: string, asked: Asked = {}): Promise<IncomingMessage> {
  const options = { host: '127.0.0.1', port, path, agent: false, ...asked }
  const [response]: IncomingMessage[] = await once(httpRequest(options).end(), 'response')
  if (response === undefined) throw new Error('no response')
  return response
}

async function ask(
  port: number,
  path: string,
  asked?: Asked,
): Promise<{ status: number | undefined; headers: IncomingMessage['headers']; body: string }> {
  const response = await respond(port, path, asked)
  return { status: response.statusCode, headers: response.headers, body: await text(response) }
}

/** The series of a metric, without those that are not of it. */
async function series({ metrics }: RunningProxy, name: string): Promise<readonly string[]> {
  const { body } = await ask(metrics, '/metrics')
  expect(body.includes(plantedToken)).toBe(false)
  return body.match(new RegExp(`(?<=^${name})[{ ].*`, 'gmu')) ?? []
}

describe('the metrics of a proxy', () => {
  test('are served as Prometheus wants them, each under its name', async () => {
    const proxy = await startProxy()
    const { status, headers, body } = await ask(proxy.metrics, '/metrics')
    expect(status).toBe(200)
    expect(headers['content-type']).toBe(metricsContentType)
    expect(body.match(/(?<=^# TYPE ).*$/gmu)).toEqual([
      'kubecred_build_info gauge',
      'kubecred_proxy_requests_in_flight gauge',
      'process_cpu_seconds_total counter',
      'process_resident_memory_bytes gauge',
      'process_start_time_seconds gauge',
      'rest_client_exec_plugin_certificate_rotation_age histogram',
      'rest_client_exec_plugin_ttl_seconds gauge',
    ])
    expect(body).toContain(`\nkubecred_build_info{version="${version}"} 1\n`)
    expect(body).toContain('\nrest_client_exec_plugin_ttl_seconds +Inf\n')
    const startedAt = Number(/^process_start_time_seconds (.*)$/mu.exec(body)?.[1])
    expect(Math.abs(startedAt - (Date.now() / 1000 - process.uptime()))).toBeLessThan(60)
  })

  test('count requests by status code and method when they are over', async () => {
    const proxy = await startProxy()
    await ask(proxy.api, '/version')
    await ask(proxy.api, '/version')
    await ask(proxy.api, '/version', { method: 'HEAD' })
    await ask(proxy.api, '/api/v1/namespaces/nope')
    await ask(proxy.api, '/api/v1/namespaces', { method: 'PROPFIND' })
    const counted = (): Promise<readonly string[]> => series(proxy, 'kubecred_proxy_requests_total')
    await until(async () => (await counted()).length === 4)
    expect(await counted()).toEqual([
      '{code="200",method="GET"} 2',
      '{code="200",method="HEAD"} 1',
      '{code="404",method="GET"} 1',
      expect.stringMatching(/^\{code="40\d",method="other"\} 1$/u),
    ])
  })

  test('count what the filter refuses apart from what the server forbids', async () => {
    const proxy = await startProxy()
    await ask(proxy.api, '/api/v1/namespaces/a/pods/b/exec')
    await ask(proxy.api, '/version', { headers: { host: 'rebound.example' } })
    await ask(proxy.api, '/api/v1/namespaces/forbidden')
    await until(async () => (await series(proxy, 'kubecred_proxy_requests_total')).length === 1)
    expect(await series(proxy, 'kubecred_proxy_requests_total')).toEqual([
      '{code="403",method="GET"} 1',
    ])
    expect(await series(proxy, 'kubecred_proxy_refused_requests_total')).toEqual([
      '{code="403",method="GET"} 2',
    ])
  })

  test('tell how many requests are under way', async () => {
    const proxy = await startProxy()
    const inFlight = (): Promise<readonly string[]> =>
      series(proxy, 'kubecred_proxy_requests_in_flight')
    const watch = await respond(proxy.api, '/api/v1/namespaces?watch=true')
    watch.on('error', () => undefined)
    expect(await inFlight()).toEqual([' 1'])
    watch.destroy()
    await until(async () => (await inFlight())[0] === ' 0')
    expect(await series(proxy, 'kubecred_proxy_requests_total')).toEqual([
      '{code="200",method="GET"} 1',
    ])
  })

  test('tell of the plugin that gets the credential, and of its certificate', async () => {
    const issueFrom = { url: cluster.server.pluginEndpoint, kind: 'certificate' } as const
    await cluster.plugin.behave({ issueFrom: { ...issueFrom, lifetimeMs: 1_800_000 } })
    const proxy = await startProxy('--kubeconfig', cluster.withPlugin)
    const ttl = async (): Promise<number> =>
      Number((await series(proxy, 'rest_client_exec_plugin_ttl_seconds'))[0])
    expect(await series(proxy, 'rest_client_exec_plugin_ttl_seconds')).toEqual([' +Inf'])
    expect((await ask(proxy.api, '/version')).status).toBe(200)
    expect(await series(proxy, 'rest_client_exec_plugin_call_total')).toEqual([
      '{call_status="no_error",code="0"} 1',
    ])
    const left = await ttl()
    expect(left).toBeGreaterThan(1700)
    expect(left).toBeLessThan(1802)
  })

  test('tell of a plugin that fails', async () => {
    await cluster.plugin.behave({ exitCode: 7, stdout: plantedToken })
    const proxy = await startProxy('--kubeconfig', cluster.withPlugin)
    expect((await ask(proxy.api, '/version')).status).toBe(502)
    expect(await series(proxy, 'rest_client_exec_plugin_call_total')).toEqual([
      '{call_status="plugin_execution_error",code="7"} 1',
    ])
  })
})

describe('the port of the metrics', () => {
  test('answers HEAD without a body, and does not mind a query', async () => {
    const { metrics } = await startProxy()
    const head = await ask(metrics, '/metrics?name[]=x', { method: 'HEAD' })
    expect([head.status, head.body]).toEqual([200, ''])
    expect(Number(head.headers['content-length'])).toBeGreaterThan(1000)
  })

  test.each(['/', '/metrics/', '//metrics', '/version', '/api/v1/namespaces', 'http://x/metrics'])(
    'has nothing at %s',
    async (path) => {
      const { metrics } = await startProxy()
      expect(await ask(metrics, path)).toMatchObject({ status: 404, body: '404 page not found\n' })
      expect(cluster.server.requests).toEqual([])
    },
  )

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('does not take %s', async (method) => {
    const { metrics } = await startProxy()
    const { status, headers } = await ask(metrics, '/metrics', { method })
    expect([status, headers['allow']]).toEqual([405, 'GET, HEAD'])
  })

  test.each([
    ['127.0.0.1:9464', 200],
    ['localhost', 200],
    ['10.1.2.3:9464', 200],
    ['[fd00::1]:9464', 200],
    ['[::1]', 200],
    ['rebound.example:9464', 403],
    ['[rebound.example]', 403],
    ['10.1.2.3.example', 403],
    ['a/b', 400],
  ])('answers a request for the host "%s" with %d', async (host, status) => {
    const { metrics } = await startProxy()
    expect((await ask(metrics, '/metrics', { headers: { host } })).status).toBe(status)
  })

  test('answers nobody who does not say for which host', async () => {
    const { metrics } = await startProxy()
    const asked = async (lines: string): Promise<string | undefined> => {
      const socket = connect(metrics, '127.0.0.1')
      socket.end(`GET /metrics ${lines}\r\n\r\n`)
      return /^HTTP\/1\.1 (\d+)/u.exec(await text(socket))?.[1]
    }
    expect(await asked('HTTP/1.0')).toBe('403')
    expect(await asked('HTTP/1.1\r\nHost:\r\nConnection: close')).toBe('403')
    expect(await asked('HTTP/1.1\r\nConnection: close')).toBe('400')
  })

  test('takes the names that the filter takes, all of them without a filter', async () => {
    const headers = { host: 'metrics.example:9464' }
    const named = await startProxy(String.raw`--accept-hosts=^metrics\.example$`)
    expect((await ask(named.metrics, '/metrics', { headers })).status).toBe(200)
    const open = await startProxy('--disable-filter')
    expect((await ask(open.metrics, '/metrics', { headers })).status).toBe(200)
  })

  test('is not that of the API, where /metrics is the page of the API server', async () => {
    const proxy = await startProxy()
    const { body } = await ask(proxy.api, '/metrics')
    expect(body).not.toContain('rest_client')
    expect(cluster.server.requests).toMatchObject([{ path: '/metrics', user: 'alice' }])
  })

  test('ends with the proxy, whoever is connected', async () => {
    const proxy = await startProxy()
    const socket = connect(proxy.metrics, '127.0.0.1')
    await once(socket, 'connect')
    const closed = once(socket, 'close')
    socket.write('GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await once(socket, 'data')
    expect(await proxy.stop()).toBe(0)
    await closed
    const refused = once(connect(proxy.metrics, '127.0.0.1'), 'connect')
    await expect(refused).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    expect(diagnostics.channel('kubecred:exec:end').hasSubscribers).toBe(false)
  })
})

describe('--metrics-address', () => {
  test('makes nobody count when it is not there, or empty', async () => {
    for (const args of [[], ['--metrics-address=']]) {
      const terminal = new FakeTerminal()
      const line = ['proxy', '--port=0', '--kubeconfig', cluster.withToken, ...args]
      const ended = run(line, terminal)
      await until(() => terminal.out !== '')
      expect(terminal.out).toMatch(/^Starting to serve on .*\n$/u)
      expect(diagnostics.channel('kubecred:exec:end').hasSubscribers).toBe(false)
      terminal.signal('SIGTERM')
      expect(await ended).toBe(0)
    }
  })

  test('with a port that is taken is an error that says so', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    // It listens on a port.
    const { port } = other.address() as AddressInfo
    const where = ['--port=0', `--metrics-address=127.0.0.1:${port}`]
    const ended = await runCli(['proxy', '--kubeconfig', cluster.withToken, ...where])
    other.close()
    expect(ended).toEqual({
      exitCode: 1,
      stdout: '',
      stderr:
        `error: listen tcp 127.0.0.1:${port}: bind: address already in use\n` +
        `cause: listen EADDRINUSE: address already in use 127.0.0.1:${port}\n` +
        'hint: another program listens there; --metrics-address=127.0.0.1:0 takes any free port\n',
    })
  })

  test('with an address that this machine does not have is an error that says so', async () => {
    const where = ['--port=0', '--metrics-address=[2001:db8::1]:9464']
    const ended = await runCli(['proxy', '--kubeconfig', cluster.withToken, ...where])
    expect([ended.exitCode, ended.stdout]).toEqual([1, ''])
    expect(ended.stderr).toMatch(
      /^error: listen tcp \[2001:db8::1\]:9464: .*\ncause: .*\nhint: .*(?:that address|--metrics-address)\n$/u,
    )
  })

  test.each([
    '9464',
    ':9464',
    '127.0.0.1',
    '127.0.0.1:',
    'host:http',
    '::1:9464',
    'a:65536',
    'a b:1',
  ])('cannot be "%s"', async (value) => {
    const line = ['proxy', '--kubeconfig', cluster.withToken, `--metrics-address=${value}`]
    const { exitCode, stdout, stderr } = await runCli(line)
    expect([exitCode, stdout]).toEqual([2, ''])
    expect(stderr).toContain(`invalid argument "${value}" for "--metrics-address" flag\n`)
    expect(stderr).toContain('hint: give host and port: 127.0.0.1:9464')
  })
})
