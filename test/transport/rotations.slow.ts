import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { startApiServer, type FakeApiServer } from '../../src/testing/api-server.ts'
import { until } from '../testing/until.ts'
import type { Holdings, RotationsTask } from './rotations-program.ts'
import { targetOf } from './stacks.ts'

const isLinux = process.platform === 'linux'
const program = fileURLToPath(new URL('./rotations-program.ts', import.meta.url))

// A generation with its TLS context, its pools and its timers is more than 100 KB: a thousand that
// are kept would be fifty times as much.
const mostHeap = 2 * 1024 * 1024

describe.skipIf(!isLinux)(
  `1,000 rotations${isLinux ? '' : ' (skipped: only Linux shows what a process holds)'}`,
  () => {
    let server: FakeApiServer
    let forgetting: NodeJS.Timeout

    beforeAll(async () => {
      server = await startApiServer()
      forgetting = setInterval(() => server.clearRequests(), 1000)
    })

    afterAll(async () => {
      clearInterval(forgetting)
      await server.close()
    })

    test.each(['HTTP/1.1', 'HTTP/2', 'HTTP/2 with a client of our own', 'node:https'])(
      'leave no socket, no timer and no memory over %s, with requests, watches and upgrades',
      async (stack) => {
        const opened = server.connectionsOpened
        const [warm, after, closed] = await play({
          stack,
          server: targetOf(server),
          pairs: Array.from({ length: 5 }, () => server.issueCertificate()),
          warmUp: 200,
          rotations: 1000,
        })
        expect(server.connectionsOpened - opened).toBeGreaterThanOrEqual(1200)
        expect({ ...after, heapBytes: 0 }).toEqual({ ...warm, heapBytes: 0 })
        expect(after.generations).toBe(1)
        expect(after.heapBytes - warm.heapBytes).toBeLessThan(mostHeap)
        expect([closed.generations, closed.sockets, closed.timers]).toEqual([0, 0, 0])
        await until(() => server.openConnections === 0)
      },
    )
  },
)

async function play(task: RotationsTask): Promise<readonly [Holdings, Holdings, Holdings]> {
  const child = spawn(process.execPath, ['--expose-gc', program, JSON.stringify(task)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
  })
  let out = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
  const [code] = (await once(child, 'close')) as [number | null]
  expect(code).toBe(0)
  const [warm, after, closed] = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Holdings)
  if (warm === undefined || after === undefined || closed === undefined) throw new Error(out)
  return [warm, after, closed]
}
