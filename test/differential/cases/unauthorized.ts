import { difference } from '../../differences.ts'
import type { Case } from '../case.ts'
import { pairOf, tokenOf } from '../stage.ts'
import { always, inTurn, refusal } from './server-scripts.ts'

const unauthorized = 'You must be logged in to the server (Unauthorized)'
const words = { ...refusal, message: 'Unauthorized', reason: 'Unauthorized', code: 401 }
const no = { statusCode: 401, body: words }

/** What the server says to a credential that it does not take, and what comes of it. */
export const unauthorizedCases: readonly Case[] = [
  {
    name: '401 always, and a plugin that gives the same again',
    server: always(no),
    fails: unauthorized,
  },
  {
    name: '401 once, and a plugin that gives another token',
    act: 'if [ "$n" = 1 ]; then sed s/of-ann/of-bob/ "$RECORD/reply"; else cat "$RECORD/reply"; fi',
    server: inTurn(no),
    fails: unauthorized,
    differs: {
      because: difference('replays-401'),
      in: ['requests', 'exitCode', 'stdout', 'error'],
      ours: { exitCode: 0, requests: [{ statusCode: 401 }, { statusCode: 200, user: 'ann' }] },
    },
  },
  {
    name: '401 always, and a plugin that always gives another token',
    act: 'sed "s/of-ann/of-$n/" "$RECORD/reply"',
    server: always(no),
    fails: unauthorized,
    differs: {
      because: difference('replays-401'),
      in: ['requests'],
      ours: { requests: [{ statusCode: 401 }, { statusCode: 401 }] },
    },
  },
  {
    name: '401, and a plugin that fails when it is asked again',
    act: 'if [ "$n" = 1 ]; then cat "$RECORD/reply"; else echo "plugin: no more" >&2; exit 1; fi',
    server: always(no),
    fails: unauthorized,
  },
  {
    name: '401 with a challenge',
    server: always({ ...no, headers: { 'www-authenticate': 'Bearer realm="x"' } }),
    fails: unauthorized,
  },
  {
    name: '401 without a body',
    server: always({ statusCode: 401 }),
    fails: 'You must be logged in',
  },
  {
    name: '401 with a text',
    server: always({ statusCode: 401, body: 'no' }),
    fails: 'You must be logged in to the server',
  },
  {
    name: '401 for a certificate',
    status: ({ rita }) => pairOf(rita),
    server: always(no),
    fails: unauthorized,
  },
  {
    name: '401 for a static token, which no plugin renews',
    user: { token: tokenOf('ann') },
    server: always(no),
    fails: unauthorized,
  },
  {
    name: '403, which renews nothing',
    server: always({
      statusCode: 403,
      body: { ...refusal, message: 'no', reason: 'Forbidden', code: 403 },
    }),
    fails: 'Error from server (Forbidden): no',
  },
]
