import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'

import { expect, test } from 'vitest'

import { run } from '../../src/cli/run.ts'
import { until } from '../testing/until.ts'
import { FakeTerminal } from './fake-terminal.ts'
import { liveCluster } from './live-cluster.ts'

const cluster = liveCluster()

test('a proxy keeps the credential fresh while a watch is open, and the watch goes on', async () => {
  const issueFrom = { url: cluster.server.pluginEndpoint, lifetimeMs: 3000 }
  await cluster.plugin.behave({ issueFrom })
  const terminal = new FakeTerminal()
  const ended = run(['proxy', '--port=0', '--kubeconfig', cluster.withPlugin], terminal)
  await until(() => terminal.out !== '')
  const port = Number(/:(\d+)\n/u.exec(terminal.out)?.[1])
  const request = get({ host: '127.0.0.1', port, path: '/api/v1/namespaces?watch=true' })
  const [watch]: IncomingMessage[] = await once(request, 'response')
  watch?.resume()
  // Nobody asks for anything meanwhile.
  await until(async () => (await cluster.plugin.runs()).length >= 2)
  expect(cluster.server.requests.map(({ path }) => path)).toEqual(['/api/v1/namespaces?watch=true'])
  expect([watch?.statusCode, watch?.closed]).toEqual([200, false])
  terminal.signal('SIGTERM')
  expect(await ended).toBe(0)
})
