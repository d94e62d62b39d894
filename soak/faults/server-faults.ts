import type { JsonObject } from '../../src/doors/index.ts'
import { pluginClients, proxyClients, type ClientName } from '../cast.ts'
import { fault, type Fault } from '../fault.ts'
import type { Excuse } from '../oracle.ts'
import type { Disturbance } from '../service.ts'
import { revokeShown } from './revoke.ts'

const everybody = ['everybody'] as const

/**
 * A proxy that answers before an upload has come closes the connection, and its client may see no more
 * than that.
 */
export function answeredEarly(clients: readonly ClientName[]): readonly Excuse[] {
  const proxied = proxyClients.filter((name) => clients.includes(name))
  return [{ clients: proxied, operations: ['upload', 'stream'], troubles: ['lost'] }]
}

/** What a server can do to requests, though the connection is well. */
export const serverFaults: readonly Fault[] = [
  fault({
    name: 'server revokes a credential',
    group: 'server',
    targets: pluginClients,
    claims: (client) => [client],
    lasts: [500, 1500],
    async begin({ world }, client) {
      revokeShown(world, client)
      // One renewal and one replay: nobody notices.
      return { excuses: [], affected: [client], lift: async () => {} }
    },
  }),
  fault({
    name: 'server revokes all credentials of plugins',
    group: 'server',
    targets: everybody,
    claims: () => pluginClients,
    lasts: [500, 1500],
    async begin({ world }) {
      for (const client of pluginClients) revokeShown(world, client)
      return { excuses: [], affected: pluginClients, lift: async () => {} }
    },
  }),
  fault({
    name: 'server answers 401 to a good credential',
    group: 'server',
    targets: pluginClients,
    claims: (client) => [client],
    lasts: [500, 2000],
    async begin({ world }, client) {
      const stop = world.service.disturb((visit) => {
        if (visit.client !== client) return false
        visit.respond.reply({ statusCode: 401, body: statusOf(401) })
        return true
      })
      const excuses: readonly Excuse[] = [
        { clients: [client], troubles: ['status 401', 'not upgraded'] },
        ...answeredEarly([client]),
      ]
      return { excuses, affected: [client], lift: async () => stop() }
    },
  }),
  // Who can wait does; an upload that is still on its way when it is refused cannot be sent again.
  answering('server answers 429 with Retry-After', {
    statusCode: 429,
    headers: { 'retry-after': '1' },
    excuses: [
      { clients: proxyClients, troubles: ['status 429'] },
      { operations: ['stream'], troubles: ['status 429', 'lost'] },
      { operations: ['upgrade'], troubles: ['not upgraded'] },
    ],
  }),
  answering('server answers 503 with Retry-After', {
    statusCode: 503,
    headers: { 'retry-after': '1' },
    excuses: [
      { clients: proxyClients, troubles: ['status 503'] },
      { operations: ['stream'], troubles: ['status 503', 'lost'] },
      { operations: ['upgrade'], troubles: ['not upgraded'] },
    ],
  }),
  answering('server answers 500', {
    statusCode: 500,
    excuses: [{ troubles: ['status 500', 'not upgraded'] }],
  }),
  disturbing('server is slow', [], ({ world, dice }) => (visit) => {
    if (!visit.path.startsWith('/soak/') || visit.request.user === undefined) return false
    setTimeout(() => world.service.serve(visit), dice.between(100, 1500))
    return true
  }),
  // An upload that is answered before it has come: its client sees the answer, or that nobody reads on.
  disturbing(
    'server answers uploads early',
    [{ operations: ['upload', 'stream'], troubles: ['status 413', 'lost'] }],
    () => (visit) => {
      if (visit.path !== '/soak/upload' || visit.request.user === undefined) return false
      visit.respond.reply({ statusCode: 413, body: statusOf(413) })
      return true
    },
  ),
]

interface Answering {
  readonly statusCode: number
  readonly headers?: Readonly<Record<string, string>>
  readonly excuses: readonly Excuse[]
}

function answering(name: string, { statusCode, headers = {}, excuses }: Answering): Fault {
  return disturbing(
    name,
    [...excuses, ...answeredEarly(proxyClients)],
    ({ dice }) =>
      ({ request, respond }) => {
        if (request.user === undefined || dice.oneIn(2)) return false
        respond.reply({ statusCode, headers, body: statusOf(statusCode) })
        return true
      },
  )
}

/** A fault of the whole server, that is a disturbance. */
export function disturbing(
  name: string,
  excuses: readonly Excuse[],
  disturbanceIn: (scene: Parameters<Fault['begin']>[0]) => Disturbance,
  group: Fault['group'] = 'server',
): Fault {
  return fault({
    name,
    group,
    targets: everybody,
    claims: () => ['server'],
    lasts: [1000, 3000],
    async begin(scene) {
      const stop = scene.world.service.disturb(disturbanceIn(scene))
      const affected: readonly ClientName[] = scene.world.clients.map((client) => client.name)
      return { excuses, affected, lift: async () => stop() }
    },
  })
}

function statusOf(code: number): JsonObject {
  return { kind: 'Status', reason: 'Soak', code }
}
