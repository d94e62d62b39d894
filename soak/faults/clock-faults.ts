import { doorClients, inProcessPluginClients, type DoorClient } from '../cast.ts'
import { fault, type Fault } from '../fault.ts'
import type { World } from '../world.ts'

const twentyMinutes = 20 * 60_000

/** What can happen to time. */
export const clockFaults: readonly Fault[] = [
  jumping('clock leaps forward', twentyMinutes),
  jumping('clock leaps back', -twentyMinutes),
  fault({
    name: 'process stands still',
    group: 'clock',
    targets: ['everybody'],
    claims: () => ['process'],
    lasts: [100, 200],
    async begin({ dice }) {
      const until = performance.now() + dice.between(200, 900)
      while (performance.now() < until) continue
      return { excuses: [], affected: doorClients, lift: async () => {} }
    },
  }),
]

/** Nobody notices: a server that refuses what a clock held for good is answered with a new credential. */
function jumping(name: string, byMs: number): Fault {
  return fault({
    name,
    group: 'clock',
    targets: doorClients,
    claims: (client) => [client],
    lasts: [2000, 6000],
    async begin({ world }, client) {
      set(world, client, byMs)
      return { excuses: [], affected: [client], lift: async () => set(world, client, 0) }
    },
  })
}

function set({ doors, watches }: World, client: DoorClient, offsetMs: number): void {
  const door = doors.get(client)
  if (door !== undefined) door.clock.offsetMs = offsetMs
  const plugin = inProcessPluginClients.find((name) => name === client)
  if (plugin !== undefined) watches.get(plugin)?.forgive(performance.now())
}
