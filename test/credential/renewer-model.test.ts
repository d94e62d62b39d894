import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { RenewerWorld } from './renewer-world.ts'

interface Step {
  readonly text: string
  readonly act: (world: RenewerWorld) => void
  /** How much of what follows has happened before the next step, so that steps meet half-way. */
  readonly turns: number | 'all'
}

interface Ending {
  /** Time passes until nobody may be waiting any more. */
  readonly exhausts: boolean
  /** The provider lets go when it is told to. */
  readonly letsGo: boolean
}

const turns = fc.constantFrom<(number | 'all')[]>(0, 1, 2, 3, 5, 8, 'all', 'all', 'all')
const which = fc.nat({ max: 5 })
const lives = fc.constantFrom(undefined, 500, 10_000, 100_000)
const times = fc.constantFrom(0, 1, 500, 1000, 8000, 20_000, 59_000, 90_000, 300_000)

function step<Value>(
  weight: number,
  name: string,
  values: fc.Arbitrary<Value>,
  act: (world: RenewerWorld, value: Value) => void,
): { weight: number; arbitrary: fc.Arbitrary<Step> } {
  const arbitrary = fc.tuple(values, turns).map(([value, count]) => ({
    text: `${name} ${String(value)}, then ${count}`,
    act: (world: RenewerWorld) => act(world, value),
    turns: count,
  }))
  return { weight, arbitrary }
}

const nothing = fc.constant('')
const answers = fc.tuple(which, lives)

const steps = fc.oneof(
  step(4, 'get', nothing, (world) => world.get()),
  step(4, 'current', nothing, (world) => world.current()),
  step(3, 'rejected', which, (world, n) => world.rejected(n)),
  step(2, 'renew', nothing, (world) => world.renew()),
  step(2, 'abort', which, (world, n) => world.abort(n)),
  step(6, 'give', answers, (world, [n, life]) => world.give(n, life)),
  step(2, 'repeat', answers, (world, [n, life]) => world.repeat(n, life)),
  step(1, 'give stale', which, (world, n) => world.give(n, -1)),
  step(3, 'fail', which, (world, n) => world.fail(n)),
  step(5, 'advance', times, (world, ms) => world.advance(ms)),
  step(1, 'set back', times, (world, ms) => world.setBack(ms)),
)

const script = fc.array(steps, { maxLength: 60, size: 'max' })
const endings = fc.record({ exhausts: fc.boolean(), letsGo: fc.boolean() })

const scripts = 2000

async function play(list: readonly Step[], ending: Ending): Promise<RenewerWorld> {
  const world = new RenewerWorld()
  for (const { act, turns: count } of list) {
    act(world)
    // Even the least await lets a turn pass.
    if (count !== 0) await world.pass(count)
  }
  if (ending.exhausts) await world.exhaust()
  await world.close(ending.letsGo)
  return world
}

test('a renewer keeps its promises, whatever happens in whatever order', async () => {
  const total = { steps: 0, runs: 0, calls: 0 }
  await fc.assert(
    fc.asyncProperty(script, endings, async (list, ending) => {
      const world = await play(list, ending)
      total.steps += list.length
      total.runs += world.runCount
      total.calls += world.callCount
      expect(world.broken).toEqual([])
    }),
    { numRuns: scripts },
  )
  // The scripts would prove nothing if they did not get anywhere.
  expect(total.steps).toBeGreaterThan(20 * scripts)
  expect(total.runs).toBeGreaterThan(2 * scripts)
  expect(total.calls).toBeGreaterThan(5 * scripts)
}, 120_000)
