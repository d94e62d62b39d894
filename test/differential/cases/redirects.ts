import { difference } from '../../differences.ts'
import type { Case } from '../case.ts'
import type { Stage } from '../stage.ts'
import { always } from './server-scripts.ts'

const target = '/api/v1/namespaces/kube-system'
const to =
  (statusCode: number, location: (stage: Stage) => string): NonNullable<Case['server']> =>
  (stage) =>
  (request, respond) => {
    if (request.path === target) return false
    respond.reply({ statusCode, headers: { location: location(stage) } })
    return true
  }

/** Answers that lead elsewhere. */
export const redirectCases: readonly Case[] = [
  ...[301, 302, 303, 307, 308].map((code) => ({
    name: `${code} to another path`,
    server: to(code, () => target),
  })),
  {
    name: '302 to the same server by its address',
    server: to(302, ({ server }) => server.url + target),
  },
  {
    name: '302 to another host',
    server: to(302, ({ otherUrl }) => otherUrl + target),
    differs: {
      because: difference('redirect-other-host'),
      in: ['requests', 'exitCode', 'stdout', 'error'],
      ours: { exitCode: 1, requests: [{ server: 'first' }] },
    },
  },
  {
    name: '302 to itself, on and on',
    server: to(302, () => '/api/v1/namespaces/default'),
    fails: 'stopped after 10 redirects',
  },
  {
    name: '302 without a place',
    server: always({ statusCode: 302 }),
    fails: 'Error from server',
  },
  {
    name: '300, which leads nowhere',
    server: always({ statusCode: 300, body: 'choose' }),
    fails: 'Error from server',
  },
  {
    name: '304',
    server: always({ statusCode: 304 }),
    fails: 'Error from server',
    differs: {
      because: difference('not-modified'),
      in: ['exitCode', 'error'],
      ours: { exitCode: 0 },
    },
  },
]
