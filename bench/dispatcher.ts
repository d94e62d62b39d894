import { fileURLToPath } from 'node:url'

import { Agent, request, type Dispatcher } from 'undici'

import { createCredential, fixedProvider, Renewer } from '../src/doors/index.ts'
import { CredentialDispatcher } from '../src/doors/undici.ts'
import { startScript } from './child.ts'
import { requestRate } from './request-rate.ts'
import type { Part, Row } from './report.ts'
import { inTurns, median, ratios, spreadText, startStealMeter } from './statistics.ts'

const rounds = 11
const roundMs = 700

/** Warm requests through the dispatcher beside bare `undici.request`, in turns. */
export async function benchDispatcher(): Promise<Part> {
  const script = fileURLToPath(new URL('upstream.ts', import.meta.url))
  await using upstream = await startScript<{ port: number; ca: string }>(script)
  const { port, ca } = upstream.ready
  const url = `https://127.0.0.1:${port}`
  const bare = new Agent({ connect: { ca }, connections: 256, allowH2: false })
  const source = new Renewer(fixedProvider('bench', createCredential({ token: 'bench' })))
  const ours = new CredentialDispatcher({
    server: { url, certificateAuthorityPem: ca, tlsServerName: '', insecureSkipTlsVerify: false },
    source,
    rules: { userAgent: 'bench', impersonation: [] },
  })
  const headers = { authorization: 'Bearer bench', 'user-agent': 'bench' }
  const rows: Row[] = []
  for (const concurrency of [1, 16, 64]) {
    const steal = startStealMeter()
    const measure = {
      ours: async () => await load(ours, `${url}/version`, concurrency, {}),
      bare: async () => await load(bare, `${url}/version`, concurrency, headers),
    }
    await measure.ours()
    await measure.bare()
    const figures = await inTurns(rounds, measure.ours, measure.bare)
    const ratio = ratios(figures.ours, figures.theirs)
    rows.push({
      work: `warm requests through the dispatcher, ${concurrency} at a time, HTTP/1.1`,
      ours: `${median(figures.ours).toFixed(0)} requests/s`,
      theirs: `${median(figures.theirs).toFixed(0)} requests/s (bare undici.request)`,
      ratio: spreadText(ratio, 3),
      goal: '>= 0.97',
      met: ratio.median >= 0.97,
      steal: steal(),
    })
  }
  await Promise.all([ours.close(), bare.close(), source.close()])
  return { title: 'The dispatcher', rows }
}

async function load(
  dispatcher: Dispatcher,
  url: string,
  concurrency: number,
  headers: Record<string, string>,
): Promise<number> {
  const send = async (): Promise<void> => {
    const { statusCode, body } = await request(url, { dispatcher, headers })
    await body.dump()
    if (statusCode !== 200) throw new Error(`status ${statusCode}`)
  }
  return await requestRate(send, concurrency, roundMs)
}
