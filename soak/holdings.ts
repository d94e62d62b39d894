import { readdirSync, readlinkSync } from 'node:fs'
import { Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { TLSSocket } from 'node:tls'
import { isDeepStrictEqual } from 'node:util'
import { queryObjects, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

import { Client } from 'undici'

import { execSources } from '../src/connect/exec-sources.ts'
import { FlightRun } from '../src/credential/flight.ts'
import { Renewer } from '../src/credential/renewer.ts'
import { HttpsCluster } from '../src/doors/https.ts'
import { CredentialDispatcher, UndiciCluster } from '../src/doors/undici.ts'
import { readProcessTable } from '../src/exec/process-table.ts'
import { Generation } from '../src/transport/generation.ts'
import { HttpsConnections } from '../src/transport/https-connections.ts'
import { ReplayBody } from '../src/transport/replay-body.ts'
import { AgentPools } from '../src/transport/undici-agents.ts'
import { Exchange } from '../src/transport/undici-exchange.ts'

/** What a process holds on to, after a collection of garbage. */
export interface Holdings {
  /** Objects that can still be reached, by class. */
  readonly objects: Readonly<Record<string, number>>
  /** What Node counts as reasons to stay alive, by kind. */
  readonly resources: Readonly<Record<string, number>>
  /** Open descriptors, by kind; nothing where the system does not show them. */
  readonly descriptors: Readonly<Record<string, number>>
  /** Processes that it has started and that still live. */
  readonly children: number
  /** Listeners on the process itself. */
  readonly listeners: number
  /** Credential sources that are shared. */
  readonly sources: number
}

/** Holdings, and the memory beside them, which is never the same twice. */
export interface Look {
  readonly holdings: Holdings
  readonly heapBytes: number
}

// What the library and the fakes open; one that is left leads to all that belongs to it.
const classes: readonly (new (...args: never[]) => object)[] = [
  Renewer,
  FlightRun,
  Generation,
  CredentialDispatcher,
  Exchange,
  ReplayBody,
  AgentPools,
  HttpsConnections,
  UndiciCluster,
  HttpsCluster,
  Client,
  TLSSocket,
  Socket,
]

// What has just been closed may not be gone yet.
const settleMs = 20_000
// Code that is compiled later, caches of the engine and of undici; an exchange that is kept is 10 KB, so
// that of some ten thousand requests one in a hundred would show.
const mostGrowth = 24 * 2 ** 20

/** Looks, until twice in a row the same is held, or as long as `expected` says otherwise. */
export async function look(expected?: Holdings): Promise<Look> {
  const until = performance.now() + settleMs
  let before: Look | undefined
  for (;;) {
    const now = await lookOnce()
    const wanted = expected ?? before?.holdings
    if (isDeepStrictEqual(now.holdings, wanted) || performance.now() > until) return now
    before = now
    await pause(300)
  }
}

/** What is more at the end than at the beginning; nothing is a pass. */
export function leftOver(begin: Look, end: Look): readonly string[] {
  const left: string[] = []
  const compare = (what: string, before: number, after: number): void => {
    if (after > before) left.push(`${what}: ${before} at the beginning, ${after} at the end`)
  }
  for (const part of ['objects', 'resources', 'descriptors'] as const) {
    for (const [name, count] of Object.entries(end.holdings[part])) {
      compare(name, begin.holdings[part][name] ?? 0, count)
    }
  }
  compare('child processes', begin.holdings.children, end.holdings.children)
  compare('listeners on the process', begin.holdings.listeners, end.holdings.listeners)
  compare('shared credential sources', begin.holdings.sources, end.holdings.sources)
  if (end.heapBytes - begin.heapBytes > mostGrowth) {
    const mib = (end.heapBytes - begin.heapBytes) / 2 ** 20
    left.push(`heap: ${mib.toFixed(1)} MiB more at the end`)
  }
  return left
}

async function lookOnce(): Promise<Look> {
  // What is finalised by one collection lets go of more.
  for (let round = 0; round < 3; round++) {
    collectGarbage()
    await pause(10)
  }
  const { heapUsed, external } = process.memoryUsage()
  return {
    holdings: {
      objects: Object.fromEntries(
        classes.map((each) => [each.name, queryObjects(each, { format: 'count' })]),
      ),
      resources: counted(process.getActiveResourcesInfo()),
      descriptors: descriptors(),
      children: children(),
      listeners: process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0),
      sources: execSources.size,
    },
    heapBytes: heapUsed + external,
  }
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  // A context made after the flag was set has it.
  const collect = runInNewContext('gc') as () => void
  collect()
}

function descriptors(): Record<string, number> {
  if (process.platform !== 'linux') return {}
  const folder = '/proc/self/fd'
  const targets = readdirSync(folder).flatMap((descriptor) => {
    try {
      return [readlinkSync(`${folder}/${descriptor}`).replace(/:\[\d+\]$/u, '')]
    } catch {
      // The one of the listing itself.
      return []
    }
  })
  return counted(targets)
}

function children(): number {
  if (process.platform !== 'linux') return 0
  return readProcessTable('linux', () => '').filter(({ parent }) => parent === process.pid).length
}

function counted(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1
  return counts
}
