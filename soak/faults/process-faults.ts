import { execFileSync } from 'node:child_process'

import { psArguments, readProcessTable } from '../../src/exec/process-table.ts'
import { subscribe } from '../../src/doors/index.ts'
import { inProcessPluginClients, cast, proxyClients, type ClientName } from '../cast.ts'
import { fault, type Fault, type Scene } from '../fault.ts'
import { healthy, type World } from '../world.ts'
import { revokeShown } from './revoke.ts'

/** What can happen to the processes, and what their users do. */
export const processFaults: readonly Fault[] = [
  fault({
    name: 'client loses interest',
    group: 'process',
    targets: cast,
    claims: (client) => [client],
    lasts: [500, 1500],
    async begin({ traffic }, client) {
      // Before it happens, so that the spell has begun.
      queueMicrotask(() => traffic.abandon(client))
      const excuses = [{ clients: [client], troubles: ['aborted'] }] as const
      return { excuses, affected: [client], lift: async () => {} }
    },
  }),
  fault({
    name: 'cluster is closed while its plugin runs',
    group: 'process',
    targets: inProcessPluginClients,
    claims: (client) => [client],
    lasts: [1000, 2000],
    async begin(scene, client) {
      const closed = closeWhileItRuns(scene, client)
      const excuses = [
        { clients: [client], troubles: ['closed', 'cut', 'lost', 'credential'] },
      ] as const
      return { excuses, affected: [client], lift: () => closed }
    },
  }),
  fault({
    name: 'proxy is stopped and started again',
    group: 'process',
    targets: proxyClients,
    claims: (client) => [client],
    lasts: [500, 1500],
    async begin({ world }, client) {
      const restarted = restart(world, client)
      const excuses = [
        { clients: [client], troubles: ['refused', 'lost', 'cut', 'closed', 'credential'] },
      ] as const
      return { excuses, affected: [client], lift: () => restarted }
    },
  }),
]

async function closeWhileItRuns(
  { world, pause }: Scene,
  client: (typeof inProcessPluginClients)[number],
): Promise<void> {
  const plugin = world.plugins.get(client)
  const door = world.doors.get(client)
  const pid = pidOfNextRun(plugin?.command ?? '')
  await plugin?.behave({ ...healthy(world.server, client), delayMs: 3000 })
  revokeShown(world, client)
  const running = await Promise.race([pid.promise, pause(10_000)])
  pid.end()
  const startedAt = performance.now()
  await door?.close()
  const tookMs = performance.now() - startedAt
  if (tookMs > 5000) world.journal.breaks(`${client}: close() took ${Math.round(tookMs)} ms`)
  if (running !== undefined && isAlive(running)) {
    world.journal.breaks(`${client}: its plugin outlives close()`)
  }
  await plugin?.behave(healthy(world.server, client))
  world.watches.get(client)?.forgive(performance.now())
  await door?.reopen()
}

function pidOfNextRun(command: string): { readonly promise: Promise<number>; end: () => void } {
  const { promise, resolve } = Promise.withResolvers<number>()
  const end = subscribe('kubecred:exec:start', (event) => {
    if (event.command === command) resolve(event.pid)
  })
  return { promise, end }
}

// One that has ended and that nobody has asked after yet is no process any more.
function isAlive(pid: number): boolean {
  const ps = (): string => execFileSync('ps', psArguments, { encoding: 'utf8' })
  return readProcessTable(process.platform, ps).some((row) => row.pid === pid)
}

async function restart(world: World, name: ClientName): Promise<void> {
  const client = name === 'proxy' ? world.proxy : world.followedProxy
  const { pid: old } = client.proxy
  const { outcome, tookMs } = await client.restart()
  if (outcome !== 0) world.journal.breaks(`${name} ended by SIGTERM with ${String(outcome)}`)
  // It waits ten seconds for what is under way.
  if (tookMs > 13_000) world.journal.breaks(`${name} took ${Math.round(tookMs)} ms to end`)
  if (name !== 'proxy') return
  const runs = (await world.plugins.get(name)?.runs()) ?? []
  for (const { pid } of runs.filter(({ ppid }) => ppid === old)) {
    if (isAlive(pid)) world.journal.breaks(`${name}: its plugin outlives it`)
  }
  world.watches.get(name)?.forgive(performance.now())
}
