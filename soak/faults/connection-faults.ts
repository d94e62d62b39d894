import { constants } from 'node:http2'

import { doorClients, proxyClients, type ClientName } from '../cast.ts'
import { fault, type Fault } from '../fault.ts'
import type { Excuse } from '../oracle.ts'
import type { Disturbance } from '../service.ts'
import { disturbing } from './server-faults.ts'

// A client of the library sends a GET again whose connection was lost, and nobody anything else; a
// proxy sends nothing again but what a kept-alive connection was closed under.
const mayBeLost: readonly Excuse[] = [
  { operations: ['upload', 'stream', 'upgrade'], troubles: ['lost'] },
  { clients: proxyClients, troubles: ['lost'] },
]
const mayBeCut: readonly Excuse[] = [{ troubles: ['cut'] }]

/** What can happen to connections. */
export const connectionFaults: readonly Fault[] = [
  disturbing(
    'server resets requests',
    mayBeLost,
    ({ dice }) =>
      ({ respond, request }) => {
        if (request.httpVersion === '2.0' || !dice.oneIn(4)) return false
        respond.reset()
        return true
      },
    'connection',
  ),
  disturbing(
    'server resets streams of HTTP/2',
    // No connection was lost: as client-go, nobody sends anything again.
    [{ clients: ['http2', ...proxyClients], troubles: ['lost'] }],
    ({ dice }) =>
      ({ respond, request }) => {
        if (request.httpVersion !== '2.0' || !dice.oneIn(4)) return false
        respond.reset()
        return true
      },
    'connection',
  ),
  disturbing(
    'server refuses streams of HTTP/2',
    [],
    ({ dice }) =>
      ({ respond, request }) => {
        if (request.httpVersion !== '2.0' || !dice.oneIn(3)) return false
        respond.reset(constants.NGHTTP2_REFUSED_STREAM)
        return true
      },
    'connection',
  ),
  disturbing(
    'server says GOAWAY',
    [],
    ({ dice, world }) =>
      (visit) => {
        if (visit.request.httpVersion !== '2.0' || !dice.oneIn(10)) return false
        world.service.retire(visit)
        visit.respond.goaway()
        return true
      },
    'connection',
  ),
  // What only asks is sent again, also by a proxy.
  disturbing(
    'server closes kept-alive connections under a request',
    [{ operations: ['upload', 'stream', 'upgrade'], troubles: ['lost'] }],
    ({ dice }) =>
      ({ respond, request, reused }) => {
        if (request.httpVersion === '2.0' || !reused || !dice.oneIn(4)) return false
        respond.dropConnection('end')
        return true
      },
    'connection',
  ),
  disturbing(
    'server carries uploads out and never says so',
    [{ operations: ['upload', 'stream'], troubles: ['lost'] }],
    ({ world }) =>
      (visit) => {
        const { path, request, respond } = visit
        if (path !== '/soak/upload' || request.user === undefined) return false
        void world.service.carryOutUpload(visit, false).then(
          () => respond.reset(),
          () => undefined,
        )
        return true
      },
    'connection',
  ),
  disturbing(
    'server breaks answers off',
    // With its first byte still on the way, nothing of an answer may have come.
    [{ operations: ['download', 'watch'], troubles: ['cut', 'lost'] }],
    breakOff,
    'connection',
  ),
  disturbing(
    'server falls silent',
    mayBeLost,
    ({ dice }) =>
      ({ respond, request }) => {
        if (request.httpVersion === '2.0' || !dice.oneIn(3)) return false
        setTimeout(() => respond.dropConnection('reset'), dice.between(1000, 3000))
        return true
      },
    'connection',
  ),
  fault({
    name: 'server drops all connections',
    group: 'connection',
    targets: ['everybody'],
    claims: () => ['server'],
    lasts: [500, 1500],
    async begin({ world }) {
      await world.server.closeConnections()
      return { excuses: [...mayBeLost, ...mayBeCut], affected: everybody, lift: async () => {} }
    },
  }),
  fault({
    name: 'server goes down and comes back',
    group: 'connection',
    targets: ['everybody'],
    claims: () => ['server'],
    lasts: [500, 3000],
    async begin({ world }) {
      await world.server.goDown()
      const excuses: readonly Excuse[] = [{ troubles: ['refused', 'lost', 'cut'] }]
      return { excuses, affected: everybody, lift: () => world.server.comeBack() }
    },
  }),
]

const everybody: readonly ClientName[] = [...doorClients, ...proxyClients]

function breakOff({ dice, world }: Parameters<Fault['begin']>[0]): Disturbance {
  return (visit) => {
    if (!['/soak/download', '/soak/events'].includes(visit.path) || !dice.oneIn(3)) return false
    return world.service.serve(visit, dice.between(0, 7))
  }
}
