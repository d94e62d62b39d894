import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Writable } from 'node:stream'

import { expect, test } from 'vitest'

import { liveCluster } from '../cli/live-cluster.ts'
import { KubecredProcess } from '../cli/kubecred-process.ts'
import { difference } from '../differences.ts'
import { besideKubectl, hasKubectl } from '../kubeconfig/kubectl.ts'
import { until } from '../testing/until.ts'
import { startKubectl } from './kubectl-process.ts'

const cluster = liveCluster()
const inFlight = 20
// Certificates count in whole seconds.
const lifetimeMs = 2000

interface RunningProxy {
  readonly port: number
  stop(): Promise<unknown>
}

const proxies: readonly [string, number, () => Promise<RunningProxy>][] = [
  ['kubectl proxy', inFlight, startOriginal],
  ['kubecred proxy', 0, startOurs],
]

async function startOriginal(): Promise<RunningProxy> {
  const { folder, withPlugin } = cluster
  const args = ['proxy', '--port=0', '--kubeconfig', withPlugin]
  const { child, stdout, ended } = startKubectl(args, { folder })
  await until(() => stdout().includes('\n'))
  return {
    port: Number(/:(\d+)\n/u.exec(stdout())?.[1]),
    stop: () => {
      child.kill('SIGKILL')
      return ended
    },
  }
}

async function startOurs(): Promise<RunningProxy> {
  const proxy = new KubecredProcess(['proxy', '--port=0', '--kubeconfig', cluster.withPlugin])
  await until(() => proxy.out.includes('\n'))
  return {
    port: Number(/:(\d+)\n/u.exec(proxy.out)?.[1]),
    stop: () => {
      proxy.child.kill('SIGKILL')
      return proxy.ended()
    },
  }
}

async function ask(port: number, path: string): Promise<IncomingMessage> {
  const asked = request({ host: '127.0.0.1', port, path, agent: false }).end()
  const [response] = (await once(asked, 'response')) as [IncomingMessage]
  return response
}

test.skipIf(!hasKubectl).each(proxies)(
  besideKubectl('%s loses %d of 20 requests in flight when the certificate of its plugin rotates'),
  async (_name, lost, start) => {
    difference('rotation-drains')
    const { server, plugin } = cluster
    const issueFrom = { url: server.pluginEndpoint, kind: 'certificate', lifetimeMs } as const
    await plugin.behave({ issueFrom })
    const proxy = await start()
    const open: Writable[] = []
    const done = server.intercept((entry, respond) => {
      if (!entry.path.startsWith('/api/v1/slow')) return false
      const out = respond.begin({ statusCode: 200 })
      out.write('begun ')
      open.push(out)
      return true
    })
    try {
      const responses = await Promise.all(
        Array.from({ length: inFlight }, () => ask(proxy.port, '/api/v1/slow')),
      )
      const bodies = responses.map((response) => text(response).catch(() => 'lost'))
      const first = server.requests.at(-1)?.clientCertificateFingerprint
      await until(async () => {
        await text(await ask(proxy.port, '/version')).catch(() => '')
        return server.requests.at(-1)?.clientCertificateFingerprint !== first
      })
      for (const out of open) out.end('and finished')
      const whole = (await Promise.all(bodies)).filter((body) => body === 'begun and finished')
      expect(inFlight - whole.length).toBe(lost)
    } finally {
      done()
      await proxy.stop()
    }
  },
)
