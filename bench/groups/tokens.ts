import type { Effort } from '../measure/effort.ts'
import { measuresOf, type Figure, type Sides } from '../measure/figures.ts'
import { inTurns } from '../measure/statistics.ts'
import { startStealMeter } from '../measure/steal.ts'
import { figureAtMost, ratioAtMost, type Goal } from '../page/goal.ts'
import type { Found, Row } from '../page/results.ts'
import {
  kubecredTokens,
  kubeletTokens,
  type TokenFindings,
  type TokenManagerBench,
} from '../peers/token-managers.ts'

const rounds = 5
const tokens = 100_000
const callers = 1000
const mebibyte = 1024 * 1024

/** The token manager beside the one that the kubelet has. */
export async function benchTokens(effort: Effort): Promise<Found> {
  const kubelet = await kubeletTokens(effort.tell)
  const contest = { effort, kubelet }
  const rows = [
    await play(contest, timing('get-hot', 'a cached get, one key', ratioAtMost(0.5))),
    await play(
      contest,
      timing('get-random', `a cached get, any of ${many(tokens)} keys`, ratioAtMost(0.5)),
    ),
    await play(contest, requests('concurrent-cold', 'none cached')),
    await play(contest, requests('concurrent-due', 'one cached that is due')),
    await play(
      contest,
      timing('remove-owner', `removal by owner, ${many(tokens)} owners`, ratioAtMost(0.01)),
    ),
    ...(process.platform === 'linux' ? await memories(contest) : []),
    await eventLoop(effort),
  ]
  const leftOut = [
    ...(kubelet === undefined ? ['the kubelet, since there is no Go to build it with.'] : []),
    ...(process.platform === 'linux' ? [] : ['memory: only Linux tells it.']),
  ]
  return { rows, leftOut }
}

async function memories(contest: Contest): Promise<Row[]> {
  return [
    await play(contest, memory('memory', '')),
    await play(contest, memory('bounded-memory', ', node --max-semi-space-size=16')),
  ]
}

interface Contest {
  readonly effort: Effort
  readonly kubelet: TokenManagerBench | undefined
}

/** One measurement for both sides, and the row that comes of it. */
interface Match<Name extends keyof TokenFindings> {
  readonly name: Name
  readonly work: string
  readonly rounds: number
  /** Tokens or callers. */
  readonly howMany: number
  readonly figure: Figure<TokenFindings[Name]>
}

function timing<Name extends 'get-hot' | 'get-random' | 'remove-owner'>(
  name: Name,
  work: string,
  goal: Goal,
): Match<Name> {
  const of = ({ nanoseconds }: TokenFindings[Name]): number => nanoseconds / 1000
  return {
    name,
    work,
    rounds,
    howMany: tokens,
    figure: { name: 'time for each', unit: 'µs', of, goal },
  }
}

function requests<Name extends 'concurrent-cold' | 'concurrent-due'>(
  name: Name,
  what: string,
): Match<Name> {
  const of = (found: TokenFindings[Name]): number => found.requests
  const work = `${many(callers)} callers at once of one key, ${what}`
  return {
    name,
    work,
    rounds: 1,
    howMany: callers,
    figure: { name: 'requests', of, goal: figureAtMost(1) },
  }
}

function memory<Name extends 'memory' | 'bounded-memory'>(name: Name, node: string): Match<Name> {
  const of = ({ residentBefore, residentAfter }: TokenFindings[Name]): number =>
    (residentAfter - residentBefore) / mebibyte
  return {
    name,
    work: `${many(tokens)} tokens of 1 KB${node}`,
    rounds,
    howMany: tokens,
    figure: { name: 'growth of memory', unit: 'MiB', of, goal: ratioAtMost(1) },
  }
}

async function play<Name extends keyof TokenFindings>(
  { effort, kubelet }: Contest,
  { name, work, rounds: full, howMany, figure }: Match<Name>,
): Promise<Row> {
  effort.tell(work)
  const steal = startStealMeter()
  const amount = effort.amount(howMany)
  const ours = async (): Promise<TokenFindings[Name]> => await kubecredTokens(name, amount)
  const theirs = kubelet && (async (): Promise<TokenFindings[Name]> => await kubelet(name, amount))
  const sides = await playSides(effort.rounds(full), ours, theirs)
  const beside = theirs === undefined ? '' : 'the kubelet’s token manager'
  return { work, beside, measures: measuresOf(sides, [figure]), stealPercent: steal() }
}

async function playSides<Round>(
  howOften: number,
  ours: () => Promise<Round>,
  theirs: (() => Promise<Round>) | undefined,
): Promise<Sides<Round>> {
  if (theirs !== undefined) return await inTurns(howOften, ours, theirs)
  const alone: Round[] = []
  for (let round = 0; round < howOften; round++) alone.push(await ours())
  return { ours: alone, theirs: [] }
}

async function eventLoop(effort: Effort): Promise<Row> {
  const work = `the event loop while ${many(tokens)} tokens are renewed and swept`
  effort.tell(work)
  const steal = startStealMeter()
  const ours = [await kubecredTokens('event-loop', effort.amount(tokens))]
  const measures = measuresOf({ ours, theirs: [] }, [
    {
      name: 'longest slice',
      unit: 'ms',
      of: (found) => found.longestSliceMs,
      goal: figureAtMost(1),
    },
    { name: 'delay, p99.9', unit: 'ms', of: (found) => found.delayMs, goal: figureAtMost(5) },
    { name: 'renewed', of: (found) => found.renewed, neutral: true },
    { name: 'swept', of: (found) => found.swept, neutral: true },
  ])
  return { work, beside: '', measures, stealPercent: steal() }
}

function many(number: number): string {
  return number.toLocaleString('en-US')
}
