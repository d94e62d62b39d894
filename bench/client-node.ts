import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { connect } from '../src/doors/undici.ts'
import { kubeconfigFor, writeKubeconfig } from '../src/testing/fake-kubeconfig.ts'
import { startScript } from './child.ts'
import { clientNodeVersion, loadClientNode, type ClientNode } from './client-node-package.ts'
import type { Part, Row } from './report.ts'
import { requestRate } from './request-rate.ts'
import { inTurns, median, ratios, spreadText, startStealMeter } from './statistics.ts'
import { makeTemporaryFolder } from './temporary-folder.ts'

const title = `Beside \`@kubernetes/client-node\` ${clientNodeVersion}`
const rounds = 7
const roundMs = 700

/** Requests on a kubeconfig, ours beside those of the official client, in turns. */
export async function benchClientNode(): Promise<Part> {
  const clientNode = await loadClientNode()
  if (clientNode === undefined) {
    const leftOut = `@kubernetes/client-node ${clientNodeVersion} could not be installed with npm.`
    return { title, rows: [], leftOut }
  }
  const script = fileURLToPath(new URL('upstream.ts', import.meta.url))
  await using upstream = await startScript<{ port: number; ca: string }>(script)
  using folder = await makeTemporaryFolder()
  const kubeconfig = join(folder.path, 'kubeconfig')
  const { port, ca } = upstream.ready
  const server = { url: `https://127.0.0.1:${port}`, certificateAuthorityPem: ca }
  await writeKubeconfig(kubeconfig, kubeconfigFor(server, { user: { token: 'bench' } }))

  await using cluster = await connect({ kubeconfig })
  const ours = async (): Promise<void> => {
    const { statusCode, body } = await cluster.request('/version')
    await body.json()
    if (statusCode !== 200) throw new Error(`status ${statusCode}`)
  }
  const theirs = askVersion(clientNode, kubeconfig)
  const rows: Row[] = []
  for (const concurrency of [1, 16]) rows.push(await compare(ours, theirs, concurrency))
  return { title, rows }
}

function askVersion({ KubeConfig, VersionApi }: ClientNode, path: string): () => Promise<void> {
  const config = new KubeConfig()
  config.loadFromFile(path)
  const api = config.makeApiClient(VersionApi)
  return async () => {
    // It throws for any status but 200.
    await api.getCode()
  }
}

async function compare(
  ours: () => Promise<void>,
  theirs: () => Promise<void>,
  concurrency: number,
): Promise<Row> {
  const steal = startStealMeter()
  const measure = {
    ours: async () => await requestRate(ours, concurrency, roundMs),
    theirs: async () => await requestRate(theirs, concurrency, roundMs),
  }
  await measure.ours()
  await measure.theirs()
  const rates = await inTurns(rounds, measure.ours, measure.theirs)
  const ratio = ratios(rates.ours, rates.theirs)
  return {
    work: `the version of the server, ${concurrency} at a time`,
    ours: `${median(rates.ours).toFixed(0)} requests/s`,
    theirs: `${median(rates.theirs).toFixed(0)} requests/s`,
    ratio: spreadText(ratio, 1),
    goal: '>= 10',
    met: ratio.median >= 10,
    steal: steal(),
  }
}
