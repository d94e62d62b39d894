import { Dice } from '../soak/dice.ts'
import { Kubecred, settings } from './kubecred.ts'
import { Kubelet } from './kubelet.ts'
import { Ledger } from './ledger.ts'
import { byPodWorkers, oncePerMinute } from './looks.ts'
import { cycleMs, type Scenario } from './scenario.ts'
import type { ServerPlan } from './server.ts'
import { Tally } from './tally.ts'
import { TimeWheel } from './time-wheel.ts'
import type { Keeper, World } from './world.ts'

/** Who keeps the tokens. */
export type KeeperName = 'Kubecred' | 'kubelet'

/** What came of a run. */
export interface Run {
  readonly tally: Tally
  readonly nodes: number
  /** Most requests that a node has in flight. */
  readonly maxInFlight: number
  /** Requests of somebody who renews each token at exactly 80 % of its life, outage or not. */
  readonly requestsAtExactly80Percent: number
}

// Nodes know nothing of each other: some at a time fit into the processor's cache.
const tokensAtATime = 10_000

/** Lets a number of tokens live through a scenario. @param seed Repeats a run. */
export function simulate(
  scenario: Scenario,
  tokens: number,
  keeperName: KeeperName,
  seed: number,
): Run {
  const { tokensPerNode, endMs } = scenario
  const most = tokensPerNode > tokensAtATime ? tokens : tokensAtATime
  const tally = new Tally(endMs)
  const dice = new Dice(seed)
  let nodes = 0
  let exactly = 0
  for (let first = 0; first < tokens; first += most) {
    const part = { tokens: Math.min(most, tokens - first), firstToken: first, firstNode: nodes }
    const world = worldOf(scenario, part, tally, dice)
    exactly += live(scenario, world, keeperName)
    nodes += world.nodes
  }
  const maxInFlight = keeperName === 'Kubecred' ? settings.maxInFlight : Infinity
  return { tally, nodes, maxInFlight, requestsAtExactly80Percent: exactly }
}

/** Lets a part of the tokens live. @returns Requests at exactly 80 %. */
function live(scenario: Scenario, world: World, keeperName: KeeperName): number {
  const keeper: Keeper = keeperName === 'Kubecred' ? new Kubecred(world) : new Kubelet(world)
  const { wheel, ledger, tokens } = world
  const call = (thing: number, atMs: number): void => {
    if (thing < tokens) keeper.look(thing, atMs)
    else keeper.wake(thing - tokens, atMs)
  }
  const { restartAtMs, endMs } = scenario
  let exactly = rollOut(world, scenario, 0, restartAtMs ?? endMs)
  if (restartAtMs !== undefined) {
    wheel.run(call, restartAtMs)
    ledger.forget(restartAtMs)
    wheel.clear()
    keeper.restart()
    exactly += rollOut(world, scenario, restartAtMs, endMs)
  }
  wheel.run(call)
  ledger.close(endMs)
  return exactly
}

function worldOf(
  scenario: Scenario,
  part: Pick<World, 'tokens' | 'firstToken' | 'firstNode'>,
  tally: Tally,
  dice: Dice,
): World {
  const { endMs, tokensPerNode, clocksOffMs, latencyMs, lifeSeconds, outage, looks } = scenario
  const { tokens } = part
  const nodes = Math.max(Math.ceil(tokens / tokensPerNode), 1)
  const server: ServerPlan = { latencyMs, lifeSeconds, outage }
  const offset = (): number => (2 * dice.next() - 1) * clocksOffMs
  return {
    ...part,
    nodes,
    wheel: new TimeWheel(tokens + nodes, endMs),
    looks: looks === 'once a minute' ? oncePerMinute(tokens, dice) : byPodWorkers(dice),
    server,
    tally,
    ledger: new Ledger(tokens, server, tally),
    dice,
    clockOffsets: Float64Array.from({ length: nodes }, offset),
  }
}

/** Has each token asked for the first time. @returns Requests until then, at exactly 80 %. */
function rollOut(world: World, scenario: Scenario, fromMs: number, untilMs: number): number {
  let exactly = 0
  for (let token = 0; token < world.tokens; token++) {
    const atMs = fromMs + world.dice.next() * scenario.rolloutMs
    world.wheel.set(token, atMs)
    exactly += 1 + Math.floor((untilMs - atMs) / cycleMs(scenario))
  }
  return exactly
}
