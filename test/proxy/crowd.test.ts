import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, get, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'

import { afterEach, expect, test } from 'vitest'

import { mainProgram, plainEnvironment } from '../cli/kubecred-process.ts'
import { liveCluster } from '../cli/live-cluster.ts'
import { CleanUp } from '../testing/clean-up.ts'
import { until } from '../testing/until.ts'

const cluster = liveCluster()

const cleanUp = new CleanUp()
afterEach(async () => {
  await cleanUp.run()
  await until(() => cluster.server.openConnections === 0)
})

/** Starts `kubecred proxy` where it may have so many files open, as it comes from a hard limit. */
async function startProxy(files: number) {
  const command = `ulimit -n ${files} && exec "$@"`
  const words = [mainProgram, 'proxy', '--port=0', '--kubeconfig', cluster.withToken]
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

// Windows has no such limit, and macOS no file that tells it.
test.skipIf(process.platform !== 'linux')(
  'more clients than there are files for are turned away, and the others lose nothing',
  async () => {
    const { port, said } = await startProxy(160)
    const agent = new Agent({ keepAlive: true })
    cleanUp.defer(() => agent.destroy())
    const outcomes = await Promise.all(
      Array.from({ length: 120 }, async () => {
        try {
          const request = get({ host: '127.0.0.1', port, path: '/version', agent })
          const [response]: IncomingMessage[] = await once(request, 'response')
          if (response === undefined) throw new Error('no response')
          await text(response)
          return response.statusCode
        } catch {
          return 'turned away'
        }
      }),
    )
    const served = outcomes.filter((outcome) => outcome === 200)
    expect(served.length).toBeGreaterThanOrEqual(80)
    expect(outcomes.filter((outcome) => outcome === 'turned away').length).toBeGreaterThan(0)
    expect(new Set(outcomes)).toEqual(new Set([200, 'turned away']))
    await until(() => said().includes('ulimit'))
    expect(said()).toContain(
      'more than 80 clients are connected, and further ones are turned away: ' +
        'this process may have 160 files and connections open (ulimit -n)',
    )
    expect(
      said()
        .split('\n')
        .filter((line) => line.includes('ulimit')),
    ).toHaveLength(1)
  },
)
