import type { JsonObject } from '../../../src/api/json.ts'
import { difference } from '../../differences.ts'
import type { Case, Differs } from '../case.ts'
import { pairOf, tokenOf, wrongToken, type Stage } from '../stage.ts'

const unauthorized = 'You must be logged in to the server (Unauthorized)'
const nothing = "getting credentials: exec plugin didn't return a token or cert/key pair"

interface Kind {
  readonly what: string
  readonly status: (stage: Stage) => JsonObject
  readonly fails?: string
}

const kinds: readonly Kind[] = [
  { what: 'a token', status: () => ({ token: tokenOf('ann') }) },
  { what: 'a certificate', status: ({ rita }) => pairOf(rita) },
  { what: 'both', status: ({ rita }) => ({ token: tokenOf('ann'), ...pairOf(rita) }) },
  {
    what: 'an empty token and a certificate',
    status: ({ rita }) => ({ token: '', ...pairOf(rita) }),
  },
  {
    what: 'a token and an empty pair',
    status: () => ({ token: tokenOf('ann'), clientCertificateData: '', clientKeyData: '' }),
  },
  { what: 'neither', status: () => ({}), fails: nothing },
  {
    what: 'a token the server does not know',
    status: () => ({ token: wrongToken }),
    fails: unauthorized,
  },
]

const ends: readonly {
  readonly until: string
  readonly fields: JsonObject
  readonly over?: true
}[] = [
  { until: 'no end', fields: {} },
  { until: 'an end to come', fields: { expirationTimestamp: '2999-01-01T00:00:00Z' } },
  {
    until: 'an end that has passed',
    fields: { expirationTimestamp: '2000-01-01T00:00:00Z' },
    over: true,
  },
]

// client-go asks the plugin for the header, and again in the handshake.
const askedOnce: Differs = {
  because: difference('ended-reply-once'),
  in: ['runs'],
  ours: { runs: [{}] },
}

/** What a plugin gives, times when it ends. */
export const credentialCases: readonly Case[] = kinds.flatMap(({ what, status, fails }) =>
  ends.map(({ until, fields, over }) => ({
    name: `${what}, with ${until}`,
    status: (stage: Stage) => ({ ...status(stage), ...fields }),
    ...(fails === undefined ? {} : { fails }),
    ...(over === true && fails !== nothing ? { differs: askedOnce } : {}),
  })),
)
