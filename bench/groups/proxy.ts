import { join } from 'node:path'

import { kubeconfigFor, writeKubeconfig } from '../../src/testing/fake-kubeconfig.ts'
import type { Effort } from '../measure/effort.ts'
import { measuresOf } from '../measure/figures.ts'
import { measureUnderLoad, type ProxyRound } from '../measure/proxy-round.ts'
import { inTurns } from '../measure/statistics.ts'
import { startStealMeter } from '../measure/steal.ts'
import { ratioAtLeast, ratioAtMost, type Goal } from '../page/goal.ts'
import type { Found, Row } from '../page/results.ts'
import {
  kubecred,
  kubectl,
  noKubectl,
  overHttp1,
  startContender,
  type Contender,
} from '../peers/contenders.ts'
import { findProgram } from '../peers/find-program.ts'
import { nginxToken, startNginx } from '../peers/nginx.ts'
import { makeTemporaryFolder } from '../processes/temporary-folder.ts'

const rounds = 5
const seconds = 2
const connectionCounts = [1, 16, 64] as const

/** `kubecred proxy` beside `kubectl proxy`, on the same server and under the same load. */
export async function benchProxy(effort: Effort): Promise<Found> {
  const theirs = await kubectl()
  if (theirs === undefined) return { rows: [], leftOut: [`all of it: ${noKubectl}`] }
  return await compareAll(effort, theirs, [
    ...connectionCounts.map((connections) => ({
      work: `server with HTTP/2, ${connections} at a time`,
      server: 'http2' as const,
      connections,
      requests: ratioAtLeast(1.25),
      p99: ratioAtMost(1),
    })),
    ...connectionCounts.map((connections) => ({
      work: `server with HTTP/1.1 only, ${connections} at a time`,
      server: 'http1' as const,
      connections,
      requests: ratioAtLeast(connections === 64 ? 4 : 1),
      p99: ratioAtMost(1),
    })),
  ])
}

/** Which protocol to speak is a choice of Kubecred's: this is what it stands on. */
export async function benchProtocol(effort: Effort): Promise<Found> {
  const comparisons = connectionCounts.map((connections) => ({
    work: `${connections} at a time`,
    server: 'http2' as const,
    connections,
  }))
  return await compareAll(effort, overHttp1(), comparisons)
}

interface Comparison {
  readonly work: string
  readonly server: 'http1' | 'http2'
  readonly connections: number
  readonly requests?: Goal
  readonly p99?: Goal
}

async function compareAll(
  effort: Effort,
  theirs: Contender,
  comparisons: readonly Comparison[],
): Promise<Found> {
  const nginx = findProgram('nginx')
  const wrk = findProgram('wrk')
  if (nginx === undefined || wrk === undefined) {
    const leftOut = ['all of it: it takes nginx and wrk (Debian: `apt-get install nginx wrk`).']
    return { rows: [], leftOut }
  }
  using folder = await makeTemporaryFolder()
  await using upstream = await startNginx(nginx, folder.path)
  const { http2Port, http1Port, certificateAuthorityPem } = upstream
  const rows: Row[] = []
  for (const comparison of comparisons) {
    const kubeconfig = join(folder.path, comparison.server)
    const port = comparison.server === 'http2' ? http2Port : http1Port
    const server = { url: `https://127.0.0.1:${port}`, certificateAuthorityPem }
    await writeKubeconfig(kubeconfig, kubeconfigFor(server, { user: { token: nginxToken } }))
    rows.push(await compare({ ...comparison, wrk, kubeconfig, theirs }, effort))
  }
  return { rows }
}

interface Contest extends Comparison {
  readonly wrk: string
  readonly kubeconfig: string
  readonly theirs: Contender
}

async function compare(contest: Contest, effort: Effort): Promise<Row> {
  const { work, wrk, kubeconfig, theirs: other, connections, requests, p99 } = contest
  effort.tell(work)
  const steal = startStealMeter()
  // A new process for each load: the peak of memory belongs to this load.
  await using ours = await startContender(kubecred(), { kubeconfig })
  await using theirs = await startContender(other, { kubeconfig })
  const length = Math.ceil(effort.amount(seconds))
  const loadOurs = async (): Promise<ProxyRound> =>
    await measureUnderLoad(wrk, ours, connections, length)
  const loadTheirs = async (): Promise<ProxyRound> =>
    await measureUnderLoad(wrk, theirs, connections, length)
  // Connections are opened, and code is compiled.
  await loadOurs()
  await loadTheirs()
  const found = await inTurns(effort.rounds(rounds), loadOurs, loadTheirs)
  // It only ever grows, so the last one is that of all.
  const last = { ours: found.ours.slice(-1), theirs: found.theirs.slice(-1) }
  return {
    work,
    beside: other.name,
    measures: [
      ...measuresOf(found, [
        { name: 'requests', unit: 'per s', of: (round) => round.requestsPerSecond, goal: requests },
        { name: 'p50', unit: 'ms', of: (round) => round.p50Ms },
        { name: 'p99', unit: 'ms', of: (round) => round.p99Ms, goal: p99 },
        { name: 'processor time for each', unit: 'µs', of: (round) => round.cpuUsPerRequest },
      ]),
      ...measuresOf(last, [{ name: 'peak memory', unit: 'MiB', of: (round) => round.peakMiB }]),
    ],
    stealPercent: steal(),
  }
}
