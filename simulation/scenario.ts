import type { Outage } from './server.ts'

const minuteMs = 60_000
const hourMs = 3_600_000

/** What befalls the tokens of a run. */
export interface Scenario {
  /** As it is called on the command line. */
  readonly name: string
  readonly title: string
  readonly what: string
  /** With how many tokens it is tried. */
  readonly sizes: readonly number[]
  readonly lifeSeconds: number
  /** Tokens are made at random moments of so much time, at the beginning and after a restart. */
  readonly rolloutMs: number
  readonly endMs: number
  /** From request to answer. */
  readonly latencyMs: number
  /** Tokens that one manager has; `Infinity` for all of them. */
  readonly tokensPerNode: number
  /** Clocks of the nodes are so far from the server's at most, to either side. */
  readonly clocksOffMs: number
  readonly looks: 'once a minute' | 'every 60 to 90 s'
  readonly outage?: Outage
  /** When everything is forgotten, and made again. */
  readonly restartAtMs?: number
}

const thousands: readonly number[] = [1000, 10_000, 100_000]
const million: readonly number[] = [...thousands, 1_000_000]

const plain = {
  sizes: million,
  lifeSeconds: 3600,
  rolloutMs: minuteMs,
  endMs: 48 * hourMs,
  latencyMs: 10,
  tokensPerNode: 100,
  clocksOffMs: 0,
  looks: 'once a minute',
} as const

const tenMinutes: Outage = { fromMs: 24 * hourMs, untilMs: 24 * hourMs + 10 * minuteMs }

/** What is tried, in the order of the page. */
export const scenarios: readonly Scenario[] = [
  {
    ...plain,
    name: 'rollout',
    title: 'A rollout',
    what: 'All tokens are made within one minute, and asked for once a minute.',
  },
  {
    ...plain,
    name: 'pod-workers',
    sizes: thousands,
    title: 'A rollout, with the looks of pod workers',
    what: "The same, asked for every 60 to 90 s, as the kubelet's pod workers do: no jitter of the token manager's, but it wears the kubelet's storm down in the course of days.",
    looks: 'every 60 to 90 s',
  },
  {
    ...plain,
    name: 'restart',
    title: 'A mass restart',
    what: 'After 24 hours everything is forgotten in one moment, and made again within a minute.',
    restartAtMs: 24 * hourMs,
  },
  {
    ...plain,
    name: 'clocks',
    title: 'Clocks that differ',
    what: "A rollout on nodes whose clocks are up to 30 s before or behind the server's.",
    clocksOffMs: 30_000,
  },
  {
    ...plain,
    name: 'clocks-minutes',
    sizes: thousands,
    title: 'Clocks that are minutes off',
    what: "The same with clocks that are up to 5 minutes before or behind the server's.",
    clocksOffMs: 300_000,
  },
  {
    ...plain,
    name: 'outage',
    title: 'An outage, one manager',
    what: 'One manager has all tokens; after 24 hours the server answers nobody for 10 minutes.',
    tokensPerNode: Infinity,
    outage: tenMinutes,
  },
  {
    ...plain,
    name: 'outage-fleet',
    sizes: thousands,
    title: 'An outage, many nodes',
    what: 'The same with 100 tokens on each node, none of which knows of the others.',
    outage: tenMinutes,
  },
]

/** How long a token lives until the kubelet renews it. */
export function cycleMs({ lifeSeconds }: Scenario): number {
  return Math.min(lifeSeconds * 800, 24 * hourMs)
}

/** When the second cycle after the rollout, or after what befell the tokens last, is over. */
export function settledMs(scenario: Scenario): number {
  const { outage, restartAtMs = 0, rolloutMs } = scenario
  return (outage?.untilMs ?? restartAtMs + rolloutMs) + 2 * cycleMs(scenario)
}
