import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { measureUnderLoad, type ProxyRound } from './proxy-round.ts'
import { startProxy, type RunningProxy } from './proxy-process.ts'
import type { Row } from './report.ts'
import { inTurns, median, ratios, spreadText, startStealMeter } from './statistics.ts'

/** A proxy, as it is started and called. */
export interface Contender {
  readonly name: string
  readonly command: string
  /** What comes before the words that all proxies take. */
  readonly args: readonly string[]
  /** What comes after them. */
  readonly flags?: readonly string[]
}

/** What is to be compared. */
export interface ProxyComparison {
  /** How the rows are called. */
  readonly work: string
  readonly wrk: string
  readonly kubeconfig: string
  readonly connections: number
  readonly ours: Contender
  readonly theirs: Contender
  /** Whether the goals count: the comparison is with kubectl. */
  readonly judged: boolean
}

const rounds = 7
const bundle = fileURLToPath(new URL('../dist/bin/kubecred.cjs', import.meta.url))

/** `kubecred proxy` as it was built, with flags of its own. */
export function kubecredProxy(...flags: readonly string[]): Contender {
  if (!existsSync(bundle)) throw new Error('there is no bundle: run `npm run build` first')
  return {
    name: ['kubecred proxy', ...flags].join(' '),
    command: process.execPath,
    args: [bundle],
    flags,
  }
}

/** Both proxies under the same load, in turns; each of the figures is a row. */
export async function compareProxies(comparison: ProxyComparison): Promise<Row[]> {
  const { work, wrk, kubeconfig, connections } = comparison
  const steal = startStealMeter()
  const start = async ({ command, args, flags = [] }: Contender): Promise<RunningProxy> =>
    await startProxy(command, [
      ...args,
      'proxy',
      '--port',
      '0',
      '--kubeconfig',
      kubeconfig,
      ...flags,
    ])
  // A new process for each load: the peak of memory belongs to this load.
  await using ours = await start(comparison.ours)
  await using theirs = await start(comparison.theirs)
  const load = async (proxy: RunningProxy): Promise<ProxyRound> =>
    await measureUnderLoad(wrk, proxy, connections)
  // Connections are opened, and code is compiled.
  await load(ours)
  await load(theirs)
  const figures = await inTurns(
    rounds,
    async () => await load(ours),
    async () => await load(theirs),
  )
  const taken = steal()
  return [
    ...metrics.flatMap((metric) => compareMetric(metric, figures.ours, figures.theirs) ?? []),
    ...comparePeaks(figures.ours, figures.theirs),
  ].map((row) => ({
    ...row,
    ...(comparison.judged ? {} : { goal: '–', met: undefined }),
    work: `${work}: ${row.work}`,
    theirs: `${row.theirs} (${comparison.theirs.name})`,
    steal: taken,
  }))
}

interface Metric {
  readonly name: string
  readonly of: (round: ProxyRound) => number | undefined
  readonly unit: string
  readonly digits: number
  readonly goal?: { readonly text: string; readonly met: (ratio: number) => boolean }
}

const metrics: readonly Metric[] = [
  {
    name: 'requests',
    of: (round) => round.requestsPerSecond,
    unit: 'per s',
    digits: 0,
    goal: { text: '>= 1.0', met: (ratio) => ratio >= 1 },
  },
  { name: 'p50', of: (round) => round.p50Ms, unit: 'ms', digits: 2 },
  {
    name: 'p99',
    of: (round) => round.p99Ms,
    unit: 'ms',
    digits: 2,
    goal: { text: '<= 1.5', met: (ratio) => ratio <= 1.5 },
  },
  {
    name: 'processor time for each request',
    of: (round) => round.cpuUsPerRequest,
    unit: 'µs',
    digits: 0,
  },
]

function compareMetric(
  { name, of, unit, digits, goal }: Metric,
  ourRounds: readonly ProxyRound[],
  theirRounds: readonly ProxyRound[],
): Omit<Row, 'steal'> | undefined {
  const ours = ourRounds.flatMap((round) => of(round) ?? [])
  const theirs = theirRounds.flatMap((round) => of(round) ?? [])
  if (ours.length === 0 || theirs.length === 0) return undefined
  const ratio = ratios(ours, theirs)
  return {
    work: name,
    ours: `${median(ours).toFixed(digits)} ${unit}`,
    theirs: `${median(theirs).toFixed(digits)} ${unit}`,
    ratio: spreadText(ratio),
    goal: goal?.text ?? '–',
    met: goal?.met(ratio.median),
  }
}

const mostMiB = 120

function comparePeaks(
  ourRounds: readonly ProxyRound[],
  theirRounds: readonly ProxyRound[],
): Omit<Row, 'steal'>[] {
  // It only ever grows, so the last one is that of all.
  const ours = ourRounds.at(-1)?.peakMiB
  const theirs = theirRounds.at(-1)?.peakMiB
  if (ours === undefined || theirs === undefined) return []
  return [
    {
      work: 'peak memory',
      ours: `${ours.toFixed(0)} MiB`,
      theirs: `${theirs.toFixed(0)} MiB`,
      ratio: (ours / theirs).toFixed(2),
      goal: `<= ${mostMiB} MiB`,
      met: ours <= mostMiB,
    },
  ]
}
