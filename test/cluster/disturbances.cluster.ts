import { randomUUID } from 'node:crypto'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'

import { Agent, request, type Dispatcher } from 'undici'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'

import { createFakePlugin, type FakePlugin } from '../../src/doors/testing.ts'
import { connect } from '../../src/doors/undici.ts'
import { difference } from '../differences.ts'
import { kubecredProxy } from '../proxy/ways.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { eventually } from '../transport/stacks.ts'
import { certificateUser, kubeconfigFile } from './clients.ts'
import { besideCluster, hasCluster, realCluster } from './real-cluster.ts'

const folder = temporaryFolder()
const cluster = realCluster({ flags: ['--goaway-chance=0.02'] })
const configMaps = '/api/v1/namespaces/default/configmaps'
const quietWatch = `${configMaps}?watch=true&fieldSelector=metadata.name%3Dnone`

interface Way {
  send(path: string, options?: { method: 'POST'; body: string }): Promise<Dispatcher.ResponseData>
  close(): Promise<void>
}

/** How a program may reach the server. */
const ways: readonly { readonly name: string; open(kubeconfig: string): Promise<Way> }[] = [
  { name: 'the dispatcher over HTTP/1.1', open: (kubeconfig) => dispatcherWay(kubeconfig, false) },
  { name: 'the dispatcher over HTTP/2', open: (kubeconfig) => dispatcherWay(kubeconfig, true) },
  { name: 'the proxy over HTTP/1.1', open: (kubeconfig) => proxyWay(kubeconfig) },
  { name: 'the proxy over HTTP/2', open: (kubeconfig) => proxyWay(kubeconfig, '--http2') },
]

async function dispatcherWay(kubeconfig: string, http2: boolean): Promise<Way> {
  const client = await connect({ kubeconfig, http2 })
  return {
    send: (path, options) => client.request(path, options && { ...options, headers: ofJson }),
    close: () => client.close(),
  }
}

async function proxyWay(kubeconfig: string, ...flags: readonly string[]): Promise<Way> {
  const proxy = await kubecredProxy(...flags)(kubeconfig, folder)
  const dispatcher = new Agent()
  return {
    send: (path, options) =>
      request(`http://${proxy.address}${path}`, { dispatcher, ...options, headers: ofJson }),
    async close() {
      await dispatcher.close()
      await proxy.stop()
    },
  }
}

const ofJson = { 'content-type': 'application/json' }

/** Runs so many at a time until all have been run. */
async function atATime(
  width: number,
  count: number,
  run: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0
  const work = async (): Promise<void> => {
    while (next < count) await run(next++)
  }
  await Promise.all(Array.from({ length: width }, work))
}

describe.skipIf(!hasCluster)(besideCluster('a server that closes connections'), () => {
  let root: string
  let way: Way
  beforeAll(async () => {
    const certificate = cluster().issue('root', { groups: ['system:masters'] })
    root = await kubeconfigFile(cluster(), folder, certificateUser(certificate))
  })
  afterEach(async () => {
    await way.close()
  })

  describe.each(ways)('under $name', ({ open }) => {
    test('in good order, at every fiftieth request, loses none of 10,000', async () => {
      difference('unprocessed-again')
      way = await open(root)
      const run = randomUUID()
      const watched = await way.send(`${configMaps}?watch=true`)
      let events = ''
      watched.body.setEncoding('utf8').on('data', (chunk: string) => {
        events += chunk
      })
      const outcomes = new Map<string, number>()
      const watches: Readable[] = [watched.body]
      await atATime(64, 10_000, async (index) => {
        // One stays open on most of the connections that are closed.
        if (index % 100 === 0) watches.push((await way.send(quietWatch)).body)
        const posts = index % 8 === 0
        const body = JSON.stringify({ metadata: { name: `${run}-${index}` } })
        const sent = posts
          ? way.send(configMaps, { method: 'POST', body })
          : way.send('/api/v1/namespaces/default')
        const outcome = await sent.then(async ({ statusCode, body: answer }) => {
          await answer.dump()
          return `${posts ? 'POST' : 'GET'} ${statusCode}`
        }, String)
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
      })
      // A POST that was done twice would be a 409.
      expect(Object.fromEntries(outcomes)).toEqual({ 'GET 200': 8750, 'POST 201': 1250 })
      const told = (): number => events.split(`"name":"${run}-`).length - 1
      await eventually(() => told() >= 1250, 'the watch has told of all')
      expect(told()).toBe(1250)
      expect(watches.filter((body) => body.destroyed)).toEqual([])
      for (const body of watches) body.on('error', () => undefined).destroy()
    })
  })
})

describe.skipIf(!hasCluster)(besideCluster('a server that is killed and started again'), () => {
  let plugin: FakePlugin
  let way: Way
  beforeAll(async () => {
    plugin = await createFakePlugin({ directory: folder, name: 'short-lived' })
  })
  afterEach(async () => {
    await way.close()
  })

  /** A plugin whose tokens end after two seconds, by its own words. */
  async function shortLived(): Promise<string> {
    const { certificatePem, privateKeyPem } = cluster().issue('root', {
      groups: ['system:masters'],
    })
    const status = { clientCertificateData: certificatePem, clientKeyData: privateKeyPem }
    const expirationTimestamp = new Date(Date.now() + 2000).toISOString()
    await plugin.clearRuns()
    await plugin.behave({ credential: { status: { ...status, expirationTimestamp } } })
    return await kubeconfigFile(cluster(), folder, plugin.user())
  }

  describe.each(ways)('under $name', ({ open }) => {
    test('serves again soon, hangs nobody, and makes no storm of plugin runs', async () => {
      way = await open(await shortLived())
      let isOver = false
      let firstAnswer = Infinity
      let lastFailure = 0
      let slowest = 0
      const work = async (index: number): Promise<void> => {
        while (!isOver) {
          const begin = performance.now()
          const body = JSON.stringify({ metadata: { name: randomUUID() } })
          const status = await (
            index % 8 === 0
              ? way.send(configMaps, { method: 'POST', body })
              : way.send('/api/v1/namespaces/default')
          ).then(
            async ({ statusCode, body: answer }) => {
              await answer.dump()
              return statusCode
            },
            () => 0,
          )
          const now = performance.now()
          slowest = Math.max(slowest, now - begin)
          if (status === 200 && killed && now < firstAnswer) firstAnswer = now
          if (status !== 200 && status !== 201) lastFailure = now
          await sleep(20)
        }
      }
      let killed = false
      const workers = Array.from({ length: 16 }, (_, index) => work(index))
      await sleep(1000)
      await cluster().killServer()
      killed = true
      await sleep(3000)
      await cluster().restartServer()
      await sleep(3000)
      isOver = true
      await Promise.all(workers)
      expect(firstAnswer).toBeLessThan(Infinity)
      expect(lastFailure - firstAnswer).toBeLessThan(10_000)
      expect(slowest).toBeLessThan(20_000)
      expect((await plugin.runs()).length).toBeLessThanOrEqual(40)
    })
  })
})
