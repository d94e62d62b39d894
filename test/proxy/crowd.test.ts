import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, createServer, get, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

import { afterEach, describe, expect, test } from 'vitest'

import { writeKubeconfig } from '../../src/doors/testing.ts'
import { spare, waitMs } from '../../src/proxy/crowd.ts'
import { shareFiles } from '../../src/proxy/open-limits.ts'
import { mainProgram, plainEnvironment } from '../cli/kubecred-process.ts'
import { CleanUp } from '../testing/clean-up.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { until } from '../testing/until.ts'

const folder = temporaryFolder()

const cleanUp = new CleanUp()
afterEach(async () => {
  await cleanUp.run()
})

/** A server that answers at once, but what is asked for `/slow` not before it is let go. */
async function startServer() {
  const letGo = Promise.withResolvers<void>()
  let waiting = 0
  const server = createServer((request, response) => {
    if (request.url !== '/slow') {
      response.end('well')
      return
    }
    waiting++
    void letGo.promise.then(() => response.end('well'))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanUp.defer(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const kubeconfig = join(folder, `config-${port}`)
  const cluster = { server: `http://127.0.0.1:${port}` }
  await writeKubeconfig(kubeconfig, {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'plain',
    clusters: [{ name: 'plain', cluster }],
    contexts: [{ name: 'plain', context: { cluster: 'plain', user: '' } }],
  })
  return { kubeconfig, waiting: () => waiting, letGo: letGo.resolve }
}

/** Starts `kubecred proxy` where it may have so many files open, as it comes from a hard limit. */
async function startProxy(files: number, kubeconfig: string) {
  const command = `ulimit -n ${files} && exec "$@"`
  const words = [mainProgram, 'proxy', '--port=0', '--kubeconfig', kubeconfig]
  const child = spawn('/bin/sh', ['-c', command, 'sh', process.execPath, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: plainEnvironment(),
  })
  let [out, err] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
  cleanUp.defer(async () => {
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    await ended
  })
  await until(() => out.includes('\n') || child.exitCode !== null)
  return { port: Number(/:(\d+)\n/u.exec(out)?.[1]), said: () => err }
}

interface Outcome {
  readonly status: number | undefined
  readonly retryAfter: string | undefined
  readonly body: string
}

/** Asks for something over a connection that is kept as long as the proxy keeps it. */
async function ask(agent: Agent, port: number, path: string): Promise<Outcome> {
  const request = get({ host: '127.0.0.1', port, path, agent })
  const [response]: IncomingMessage[] = await once(request, 'response')
  if (response === undefined) throw new Error('no response')
  const { statusCode: status, headers } = response
  return { status, retryAfter: headers['retry-after'], body: await text(response) }
}

function keptAlive(): Agent {
  const agent = new Agent({ keepAlive: true })
  cleanUp.defer(() => agent.destroy())
  return agent
}

/** Connections of an agent that are there: the proxy takes them before any that comes later. */
function connected({ sockets }: Agent): number {
  const all = Object.values(sockets).flatMap((one = []) => one)
  return all.filter(({ connecting }) => !connecting).length
}

const well: Outcome = { status: 200, retryAfter: undefined, body: 'well' }
const wellFor = (count: number): Outcome[] => Array.from({ length: count }, () => well)

// Windows has no such limit, and macOS no file that tells it.
describe.skipIf(process.platform !== 'linux')('a proxy that may have 160 files open', () => {
  test('answers many more clients at once than it has room for', async () => {
    const { kubeconfig } = await startServer()
    const { port, said } = await startProxy(160, kubeconfig)
    const agent = keptAlive()
    const asked = Array.from({ length: 600 }, () => ask(agent, port, '/version'))
    expect(await Promise.all(asked)).toEqual(wellFor(600))
    expect(said()).toBe('')
  })

  test('closes the connections that nobody uses for those that come', async () => {
    const { kubeconfig, letGo } = await startServer()
    const { port, said } = await startProxy(160, kubeconfig)
    const left = new Set<number>()
    for (let client = 0; client < 50; client++) {
      const socket = connect(port, '127.0.0.1')
      cleanUp.defer(() => socket.destroy())
      socket.write('GET /version HTTP/1.1\r\nHost: localhost\r\n\r\n')
      await once(socket, 'data')
      left.add(client)
      socket.on('close', () => left.delete(client)).resume()
    }
    const agent = keptAlive()
    const asked = Array.from({ length: 60 }, () => ask(agent, port, '/slow'))
    await until(() => left.size === 16)
    letGo()
    expect(await Promise.all(asked)).toEqual(wellFor(60))
    expect([...left]).toEqual(Array.from({ length: 16 }, (_, index) => 34 + index))
    expect(said()).toBe('')
  })

  test('tells who comes when all are busy to try again, and serves all others', async () => {
    const { kubeconfig, waiting, letGo } = await startServer()
    const { port, said } = await startProxy(160, kubeconfig)
    const agent = keptAlive()
    const asked = Array.from({ length: 76 }, () => ask(agent, port, '/slow'))
    // As many as it has connections to the server; the others wait for one.
    await until(() => waiting() === 10 && connected(agent) === 76)
    const { status, retryAfter, body } = await ask(agent, port, '/version')
    expect([status, retryAfter]).toEqual([429, '1'])
    const message =
      'Too many requests, please try again later: the proxy has no room for more clients'
    expect(JSON.parse(body)).toMatchObject({ kind: 'Status', reason: 'TooManyRequests', message })
    letGo()
    expect(await Promise.all(asked)).toEqual(wellFor(76))
    expect(await ask(agent, port, '/version')).toEqual(well)
    expect(said()).toBe(
      'more than 76 clients have requests at once, and further ones are told to try again: ' +
        'this process may have 160 files and connections open (ulimit -n)\n',
    )
  })
})

test('nobody waits while half of the room is free, and then each further client waits longer', () => {
  expect([0, 0.5, 0.75, 1, 2].map(waitMs)).toEqual([0, 0, 5, 20, 20])
})

test('the connection to be spared is the one that has been quiet for longest', () => {
  const connection = (quietSince: number | undefined, used = true) => ({
    quietSince,
    used,
    destroy: () => undefined,
  })
  const [busy, early, late] = [connection(undefined), connection(20_000), connection(21_000)]
  expect(spare([busy, late, early], 21_000)).toEqual({ spared: 2, longestQuiet: early })
  expect(spare([busy], 21_000)).toEqual({ spared: 0, longestQuiet: undefined })
  const silent = connection(12_000, false)
  // A client that has just connected is about to ask.
  expect(spare([late, silent], 21_999)).toEqual({ spared: 1, longestQuiet: late })
  expect(spare([late, silent], 22_000)).toEqual({ spared: 2, longestQuiet: silent })
})

test('whatever the limit, there are files left for the server and for the program itself', () => {
  expect(shareFiles(1024)).toEqual({ clients: 832, connections: 64 })
  expect(shareFiles(1_048_576).connections).toBe(256)
  for (let files = 96; files < 5000; files++) {
    const { clients, connections } = shareFiles(files)
    expect(clients).toBeGreaterThanOrEqual(16)
    expect(clients + 2 * connections + 64).toBeLessThanOrEqual(files)
  }
})
