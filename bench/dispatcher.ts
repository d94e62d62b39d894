import { fileURLToPath } from 'node:url'

import { Agent, request, type Dispatcher } from 'undici'

import { createCredential, fixedProvider, Renewer } from '../src/doors/index.ts'
import { CredentialDispatcher } from '../src/doors/undici.ts'
import { startScript } from './child.ts'
import { median, ratios } from './statistics.ts'
import type { Row } from './report.ts'

const rounds = 11
const roundMs = 700

/** Warm requests through the dispatcher beside bare `undici.request`, in turns. */
export async function benchDispatcher(): Promise<Row[]> {
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
    const figures = { ours: [] as number[], bare: [] as number[] }
    await load(ours, `${url}/version`, concurrency, {}, roundMs)
    await load(bare, `${url}/version`, concurrency, headers, roundMs)
    for (let round = 0; round < rounds; round++) {
      const measure = {
        ours: async () =>
          figures.ours.push(await load(ours, `${url}/version`, concurrency, {}, roundMs)),
        bare: async () =>
          figures.bare.push(await load(bare, `${url}/version`, concurrency, headers, roundMs)),
      }
      // Who goes first changes from round to round, so that neither has the warmer machine.
      const order = round % 2 === 0 ? (['ours', 'bare'] as const) : (['bare', 'ours'] as const)
      for (const who of order) await measure[who]()
    }
    const ratio = ratios(figures.ours, figures.bare)
    rows.push({
      work: `warm requests through the dispatcher, ${concurrency} at a time, HTTP/1.1`,
      ours: `${median(figures.ours).toFixed(0)} requests/s`,
      theirs: `${median(figures.bare).toFixed(0)} requests/s (bare undici.request)`,
      ratio: `${ratio.median.toFixed(3)} (${ratio.min.toFixed(2)}–${ratio.max.toFixed(2)})`,
      goal: '>= 0.97',
      met: ratio.median >= 0.97,
    })
  }
  await Promise.all([ours.close(), bare.close(), source.close()])
  return rows
}

async function load(
  dispatcher: Dispatcher,
  url: string,
  concurrency: number,
  headers: Record<string, string>,
  ms: number,
): Promise<number> {
  const startedAt = performance.now()
  const end = startedAt + ms
  let count = 0
  const worker = async (): Promise<void> => {
    while (performance.now() < end) {
      const { statusCode, body } = await request(url, { dispatcher, headers })
      await body.dump()
      if (statusCode !== 200) throw new Error(`status ${statusCode}`)
      count++
    }
  }
  await Promise.all(Array.from({ length: concurrency }, worker))
  return (count * 1000) / (performance.now() - startedAt)
}
