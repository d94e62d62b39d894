// Sends many requests in one moment and waits for all of them: `burst.ts HOW MANY TARGET CONNECTIONS`, as
// `run-burst.ts` has it. Prints what came of them as one line of JSON.
import { Agent, request } from 'undici'

import { connect } from '../../src/doors/undici.ts'
import { loadClientNode } from '../peers/client-node-package.ts'
import type { Burst } from './run-burst.ts'

const [how = '', many = '', target = '', connections = ''] = process.argv.slice(2)
const send = await sender(how, target)
// The first connection and, where there is one, the plugin are not what is measured.
await send()

const failures: Record<string, number> = {}
let slowestMs = 0
await Promise.all(
  Array.from({ length: Number(many) }, async () => {
    const startedAt = performance.now()
    try {
      await send()
      slowestMs = Math.max(slowestMs, performance.now() - startedAt)
    } catch (error) {
      const code = codeOf(error)
      failures[code] = (failures[code] ?? 0) + 1
    }
  }),
)
const failed = Object.values(failures).reduce((sum, count) => sum + count, 0)
const burst: Burst = { failed, failures, slowestMs }
process.stdout.write(`${JSON.stringify(burst)}\n`)
process.exit(0)

async function sender(kind: string, where: string): Promise<() => Promise<void>> {
  if (kind === 'client-node') {
    const clientNode = await loadClientNode()
    if (clientNode === undefined) throw new Error('there is no client-node')
    const config = new clientNode.KubeConfig()
    config.loadFromFile(where)
    const api = config.makeApiClient(clientNode.VersionApi)
    return async () => void (await api.getCode())
  }
  if (kind === 'url') {
    // A client that itself can have as many connections as it likes.
    const dispatcher = new Agent({
      connections: Number(connections),
      headersTimeout: 0,
      bodyTimeout: 0,
    })
    return async () => await check(await request(where, { dispatcher }))
  }
  const cluster = await connect({ kubeconfig: where })
  return async () => await check(await cluster.request('/version'))
}

async function check(response: Awaited<ReturnType<typeof request>>): Promise<void> {
  await response.body.dump()
  if (response.statusCode !== 200) throw new Error(`status ${response.statusCode}`)
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'error'
  // fetch hides it below.
  if (error.cause !== undefined) return codeOf(error.cause)
  return 'code' in error ? String(error.code) : error.message
}
