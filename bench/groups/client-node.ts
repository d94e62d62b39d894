import { join } from 'node:path'

import { connect } from '../../src/doors/undici.ts'
import { kubeconfigFor, writeKubeconfig } from '../../src/testing/fake-kubeconfig.ts'
import type { Effort } from '../measure/effort.ts'
import { requestRate } from '../measure/request-rate.ts'
import { inTurns, measure } from '../measure/statistics.ts'
import { startStealMeter } from '../measure/steal.ts'
import { figureAtMost, ratioAtLeast } from '../page/goal.ts'
import type { Found, Row } from '../page/results.ts'
import { clientNodeVersion, loadClientNode, type ClientNode } from '../peers/client-node-package.ts'
import { startUpstream, upstreamToken } from '../processes/start-upstream.ts'
import { makeTemporaryFolder } from '../processes/temporary-folder.ts'
import { openStage } from './with-plugin.ts'

const rounds = 7
const roundMs = 700
const callers = 50
const beside = `\`client-node\` ${clientNodeVersion}`

/** Requests on a kubeconfig, ours beside those of the official client, in turns. */
export async function benchClientNode(effort: Effort): Promise<Found> {
  const clientNode = await loadClientNode()
  if (clientNode === undefined) {
    return { rows: [], leftOut: [`all of it: npm could not install ${beside}.`] }
  }
  await using upstream = await startUpstream()
  using folder = await makeTemporaryFolder()
  const kubeconfig = join(folder.path, 'kubeconfig')
  const { port, ca } = upstream.ready
  const server = { url: `https://127.0.0.1:${port}`, certificateAuthorityPem: ca }
  await writeKubeconfig(kubeconfig, kubeconfigFor(server, { user: { token: upstreamToken } }))

  await using ours = await clientOf(kubeconfig)
  const theirs = askVersion(clientNode, kubeconfig)
  const rows: Row[] = []
  for (const concurrency of [1, 16]) {
    rows.push(await compare(ours.ask, theirs, concurrency, effort))
  }
  return { rows: [...rows, await firstHerd(clientNode)] }
}

async function clientOf(
  kubeconfig: string,
): Promise<AsyncDisposable & { readonly ask: () => Promise<void> }> {
  const cluster = await connect({ kubeconfig })
  return {
    ask: async () => {
      const { statusCode, body } = await cluster.request('/version')
      await body.json()
      if (statusCode !== 200) throw new Error(`status ${statusCode}`)
    },
    [Symbol.asyncDispose]: async () => await cluster.close(),
  }
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
  effort: Effort,
): Promise<Row> {
  const work = `the version of the server, ${concurrency} at a time`
  effort.tell(work)
  const steal = startStealMeter()
  const rate = async (ask: () => Promise<void>): Promise<number> =>
    await requestRate(ask, concurrency, effort.amount(roundMs))
  await rate(ours)
  await rate(theirs)
  const rates = await inTurns(
    effort.rounds(rounds),
    async () => await rate(ours),
    async () => await rate(theirs),
  )
  return {
    work,
    beside,
    measures: [measure('requests', 'per s', rates, ratioAtLeast(10))],
    stealPercent: steal(),
  }
}

/** Callers who come before anybody has a credential. */
async function firstHerd(clientNode: ClientNode): Promise<Row> {
  const steal = startStealMeter()
  await using stage = await openStage()
  const { plugin, server, kubeconfig } = stage
  await plugin.behave({ delayMs: 100, issueFrom: { url: server.where.tokens } })
  const runsOf = async (ask: () => Promise<void>): Promise<number> => {
    await plugin.clearRuns()
    await Promise.all(Array.from({ length: callers }, ask))
    return (await plugin.runs()).length
  }
  await using ours = await clientOf(kubeconfig)
  const runs = {
    ours: [await runsOf(ours.ask)],
    theirs: [await runsOf(askVersion(clientNode, kubeconfig))],
  }
  return {
    work: `${callers} callers at once, no credential yet`,
    beside,
    measures: [measure('plugin runs', '', runs, figureAtMost(1))],
    stealPercent: steal(),
  }
}
