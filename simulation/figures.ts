import { figureAtMost, type Goal } from '../bench/page/goal.ts'
import type { Measure, Row } from '../bench/page/results.ts'
import { Dice } from '../soak/dice.ts'
import { idealPeakToMean } from './ideal-spread.ts'
import { cycleMs, settledMs, type Scenario } from './scenario.ts'
import { simulate, type Run } from './simulate.ts'
import { peakRate, peakToMean, settledBuckets } from './tally.ts'

/** Kubecred and the kubelet in the same scenario, with as many tokens. */
export interface Pair {
  readonly scenario: Scenario
  readonly tokens: number
  readonly ours: Run
  readonly theirs: Run
}

/** Plays a scenario twice. */
export function playPair(scenario: Scenario, tokens: number, seed: number): Pair {
  return {
    scenario,
    tokens,
    ours: simulate(scenario, tokens, 'Kubecred', seed),
    theirs: simulate(scenario, tokens, 'kubelet', seed),
  }
}

const idealDraws = 5

/** The figures of a pair, each with its goal. */
export function rowOf(pair: Pair, seed: number): Row {
  const { scenario, tokens } = pair
  const ideal = idealOf(pair, seed)
  const isFarOff = scenario.clocksOffMs > 60_000
  const steady = tokens >= 100_000 && !isFarOff ? 1.25 : rounded(1.1 * ideal)
  const after = scenario.outage === undefined ? [] : [afterOutage(pair)]
  const settled = settledMs(scenario)
  return {
    work: `${tokens.toLocaleString('en-US')} tokens`,
    beside: 'the kubelet',
    measures: [
      measure(pair, 'peak to mean', '', figureAtMost(steady), ({ tally: { buckets } }) =>
        rounded(peakToMean(buckets, settled)),
      ),
      { name: 'an ideal spread', unit: '', ours: rounded(ideal) },
      // Whoever trusts a clock that is minutes before the server's has to renew before its 80 %.
      measure(
        pair,
        'requests, of those at exactly 80 %',
        '%',
        isFarOff ? undefined : figureAtMost(105),
        (run) => rounded((run.tally.requests / run.requestsAtExactly80Percent) * 100),
      ),
      ...after,
      ...promises(pair),
    ],
  }
}

/** What no token may come to. */
function promises(pair: Pair): Measure[] {
  const { outage } = pair.scenario
  return [
    measure(pair, 'latest renewal, of the life', '%', figureAtMost(90), ({ tally }) =>
      rounded(tally.latestShare * 100),
    ),
    measure(pair, 'served after its end', 'ms', figureAtMost(0), ({ tally }) => tally.servedLateMs),
    ...(outage === undefined ? [] : throughOutage(pair)),
  ]
}

function throughOutage(pair: Pair): Measure[] {
  return [
    measure(pair, 'latest that fell due in the outage', '%', undefined, ({ tally }) =>
      rounded(tally.latestShareOfAll * 100),
    ),
    measure(
      pair,
      'ended before they were renewed',
      'tokens',
      undefined,
      ({ tally }) => tally.ended,
    ),
  ]
}

/** Most requests in a second that the managers can send, with so many in flight and this latency. */
export function capRate({ latencyMs }: Scenario, { nodes, maxInFlight }: Run): number {
  return (nodes * maxInFlight * 1000) / latencyMs
}

function afterOutage(pair: Pair): Measure {
  const { scenario, ours } = pair
  const from = scenario.outage?.untilMs ?? 0
  // Many managers together may send more than any server can answer.
  const goal = ours.nodes === 1 ? figureAtMost(capRate(scenario, ours)) : undefined
  return measure(pair, 'peak after the outage', 'per s', goal, ({ tally: { buckets } }) =>
    peakRate(buckets, from, from + cycleMs(scenario)),
  )
}

/** The mean of some draws: at few tokens one alone says little. */
function idealOf({ scenario, ours }: Pair, seed: number): number {
  const settled = settledBuckets(ours.tally.buckets, settledMs(scenario))
  const requests = settled.reduce((sum, count) => sum + count, 0)
  const dice = new Dice(seed)
  const draws = Array.from({ length: idealDraws }, () =>
    idealPeakToMean(requests, settled.length, dice),
  )
  return draws.reduce((sum, draw) => sum + draw, 0) / idealDraws
}

function measure(
  { ours, theirs }: Pair,
  name: string,
  unit: string,
  goal: Goal | undefined,
  of: (run: Run) => number,
): Measure {
  return { name, unit, ours: of(ours), theirs: of(theirs), goal }
}

/** As many digits as are told, so that what is judged is what is read. */
function rounded(value: number): number {
  return Math.round(value * 1000) / 1000
}
