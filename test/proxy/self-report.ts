import { appendFileSync } from 'node:fs'
import { Stream } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { queryObjects } from 'node:v8'

// A module for `--import`, see probed-proxy.ts: the process that it is loaded into tells what it
// holds whenever it gets SIGUSR2, as a line of JSON at the end of a file.

/** What a process tells of itself, after a collection of garbage. */
export interface SelfReport {
  /** What keeps the process alive, by kind. */
  readonly resources: Readonly<Record<string, number>>
  /** Objects that are reachable. */
  readonly objects: { readonly exchanges: number; readonly streams: number }
  readonly memory: NodeJS.MemoryUsage
}

const file = process.env['KUBECRED_TEST_REPORT']

// The plugin that a proxy starts is none of it.
delete process.env['KUBECRED_TEST_REPORT']
delete process.env['NODE_OPTIONS']

if (file !== undefined) {
  process.on('SIGUSR2', () => {
    void report().then((found) => {
      appendFileSync(file, `${JSON.stringify(found)}\n`)
    })
  })
}

async function report(): Promise<SelfReport> {
  // What is finalised by the first collection lets go of more.
  for (let round = 0; round < 2; round++) {
    globalThis.gc?.()
    await setImmediate()
  }
  return {
    resources: countByName(process.getActiveResourcesInfo()),
    objects: await countObjects(),
    memory: process.memoryUsage(),
  }
}

/**
 * Two counts, since each takes a second. What else a request is made of in the proxy refers to its
 * exchange, and whatever is open is a stream: requests, responses, sockets, decoders, files.
 */
async function countObjects(): Promise<SelfReport['objects']> {
  // Not at the top: the program shall start as it does without this module.
  const { ProxyExchange } = await import('../../src/proxy/exchange.ts')
  return {
    exchanges: queryObjects(ProxyExchange, { format: 'count' }),
    streams: queryObjects(Stream, { format: 'count' }),
  }
}

function countByName(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1
  return counts
}
