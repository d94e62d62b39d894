import { Agent, request, type Dispatcher } from 'undici'

import { createCredential, fixedProvider, Renewer } from '../../src/doors/index.ts'
import { CredentialDispatcher } from '../../src/doors/undici.ts'
import type { Effort } from '../measure/effort.ts'
import { measuresOf } from '../measure/figures.ts'
import { requestRate } from '../measure/request-rate.ts'
import { inTurns } from '../measure/statistics.ts'
import { startStealMeter } from '../measure/steal.ts'
import { ratioAtLeast } from '../page/goal.ts'
import type { Found, Row } from '../page/results.ts'
import { startUpstream, upstreamToken } from '../processes/start-upstream.ts'

// Many short ones: what else goes on in the machine should fall into few of the pairs.
const rounds = 31
const roundMs = 300

/** Warm requests through the dispatcher beside bare `undici.request`, in turns. */
export async function benchDispatcher(effort: Effort): Promise<Found> {
  await using upstream = await startUpstream()
  const { port, ca } = upstream.ready
  const url = `https://127.0.0.1:${port}`
  const rows: Row[] = []
  for (const http2 of [false, true]) {
    await using pair = openPair(url, ca, http2)
    for (const concurrency of [1, 16, 64]) {
      const { ours, bare } = pair
      const version = http2 ? '2.0' : '1.1'
      const work = `HTTP/${http2 ? '2' : '1.1'}, ${concurrency} at a time`
      effort.tell(work)
      const steal = startStealMeter()
      const load = async (side: Side): Promise<Round> => {
        const send = async (): Promise<void> => await ask(side, `${url}/version`, version)
        return await timed(async () => await requestRate(send, concurrency, effort.amount(roundMs)))
      }
      // Connections are opened, and code is compiled.
      await load(ours)
      await load(bare)
      const found = await inTurns(
        effort.rounds(rounds),
        async () => await load(ours),
        async () => await load(bare),
      )
      rows.push({
        work,
        beside: '`undici.request`',
        measures: measuresOf(found, [
          {
            name: 'requests',
            unit: 'per s',
            of: ({ perSecond }) => perSecond,
            goal: ratioAtLeast(0.97),
          },
          { name: 'processor time for each', unit: 'µs', of: ({ cpuUs }) => cpuUs },
        ]),
        stealPercent: steal(),
      })
    }
  }
  return { rows }
}

interface Round {
  readonly perSecond: number
  /** Processor time of this process, for one request: also while others keep it from the processor. */
  readonly cpuUs: number
}

async function timed(load: () => Promise<number>): Promise<Round> {
  const startedAt = performance.now()
  const before = process.cpuUsage()
  const perSecond = await load()
  const { user, system } = process.cpuUsage(before)
  const requests = (perSecond * (performance.now() - startedAt)) / 1000
  return { perSecond, cpuUs: (user + system) / requests }
}

interface Side {
  readonly dispatcher: Dispatcher
  readonly headers: Readonly<Record<string, string>>
}

/** Kubecred's dispatcher, and an agent to which the headers are given that it would add. */
function openPair(
  url: string,
  ca: string,
  http2: boolean,
): AsyncDisposable & { readonly ours: Side; readonly bare: Side } {
  const credential = createCredential({ token: upstreamToken })
  const source = new Renewer(fixedProvider('bench', credential))
  const ours = new CredentialDispatcher(
    {
      server: { url, certificateAuthorityPem: ca, tlsServerName: '', insecureSkipTlsVerify: false },
      source,
      rules: { userAgent: 'bench', impersonation: [] },
    },
    { http2 },
  )
  const bare = new Agent({ connect: { ca }, connections: 256, allowH2: http2 })
  const headers = { authorization: `Bearer ${upstreamToken}`, 'user-agent': 'bench' }
  return {
    ours: { dispatcher: ours, headers: {} },
    bare: { dispatcher: bare, headers },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([ours.close(), bare.close(), source.close()])
    },
  }
}

async function ask({ dispatcher, headers }: Side, url: string, version: string): Promise<void> {
  const { statusCode, headers: got, body } = await request(url, { dispatcher, headers })
  await body.dump()
  if (statusCode !== 200) throw new Error(`status ${statusCode}`)
  const spoken = got['x-http-version']
  if (spoken !== version) throw new Error(`HTTP/${String(spoken)} instead of HTTP/${version}`)
}
