import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { RenewerWorld, type WorldSettings } from './renewer-world.ts'

/** The reference keeps no state beside the world, which says itself which promises were broken. */
type Step = fc.AsyncCommand<object, RenewerWorld>

interface Ending {
  /** Time passes until nobody may be waiting any more. */
  readonly exhausts: boolean
  /** The provider lets go when it is told to. */
  readonly letsGo: boolean
}

/** How much of what follows has happened before the next step, so that steps meet half-way. */
const turns = fc.constantFrom<(number | 'all')[]>(0, 1, 2, 3, 5, 8, 'all', 'all', 'all')
const which = fc.nat({ max: 5 })
const lives = fc.constantFrom(undefined, 500, 10_000, 100_000)
const times = fc.constantFrom(0, 1, 500, 1000, 8000, 20_000, 59_000, 90_000, 300_000)
const jumps = fc.constantFrom(1, 700, 9000, 60_000, 3_600_000)

function step<Value>(
  weight: number,
  name: string,
  values: fc.Arbitrary<Value>,
  act: (world: RenewerWorld, value: Value) => unknown,
): fc.Arbitrary<Step>[] {
  const arbitrary = fc.tuple(values, turns).map(([value, count]): Step => ({
    check: () => true,
    async run(_model, world) {
      await act(world, value)
      // Even the least await lets a turn pass.
      if (count !== 0) await world.pass(count)
      expect(world.broken).toEqual([])
    },
    toString: () => `${name} ${String(value)}, then ${count};`,
  }))
  return Array.from({ length: weight }, () => arbitrary)
}

const nothing = fc.constant('')
const answers = fc.tuple(which, lives)

const steps = [
  step(4, 'get', nothing, (world) => world.get()),
  step(4, 'current', nothing, (world) => world.current()),
  step(3, 'rejected', which, (world, n) => world.rejected(n)),
  step(2, 'renew', nothing, (world) => world.renew()),
  step(2, 'abort', which, (world, n) => world.abort(n)),
  step(1, 'read', nothing, (world) => world.read()),
  step(1, 'pause', which, (world, n) => world.pause(n)),
  step(1, 'stop reading', which, (world, n) => world.stopReading(n)),
  step(1, 'use', nothing, (world) => world.use()),
  step(1, 'end use', nothing, (world) => world.endUse()),
  step(6, 'give', answers, (world, [n, life]) => world.give(n, life)),
  step(2, 'repeat', answers, (world, [n, life]) => world.repeat(n, life)),
  step(1, 'give stale', which, (world, n) => world.give(n, -1)),
  step(3, 'fail', which, (world, n) => world.fail(n)),
  step(5, 'advance', times, (world, ms) => world.advance(ms)),
  step(1, 'sleep', jumps, (world, ms) => world.sleep(ms)),
  step(1, 'set back', jumps, (world, ms) => world.setBack(ms)),
].flat()

const script = fc.commands(steps, { maxCommands: 60, size: 'max' })
const endings = fc.record({ exhausts: fc.boolean(), letsGo: fc.boolean() })
const settings = fc.record<WorldSettings>({
  runsAhead: fc.constantFrom(true, true, true, false),
  renewAhead: fc.constantFrom<(number | false)[]>(0.8, 0.8, 0.5, false),
  renewWhenIdle: fc.constantFrom<(boolean | 'while-in-use')[]>(false, true, 'while-in-use'),
})

const scripts = 3000

async function play(
  given: WorldSettings,
  list: Iterable<Step>,
  ending: Ending,
): Promise<RenewerWorld> {
  const world = new RenewerWorld(given)
  await fc.asyncModelRun(() => ({ model: {}, real: world }), list)
  if (ending.exhausts) await world.exhaust()
  await world.close(ending.letsGo)
  return world
}

// A failure prints seed and path: `fc.assert(…, { seed, path })` plays it again.
test('a renewer keeps its promises, whatever happens in whatever order', async () => {
  const total = { steps: 0, runs: 0, calls: 0, read: 0 }
  await fc.assert(
    fc.asyncProperty(settings, script, endings, async (given, list, ending) => {
      const world = await play(given, list, ending)
      total.steps += [...list].length
      total.runs += world.runCount
      total.calls += world.callCount
      total.read += world.readCount
      expect(world.broken).toEqual([])
    }),
    { numRuns: scripts },
  )
  // The scripts would prove nothing if they did not get anywhere.
  expect(total.steps).toBeGreaterThan(20 * scripts)
  expect(total.runs).toBeGreaterThan(2 * scripts)
  expect(total.calls).toBeGreaterThan(5 * scripts)
  expect(total.read).toBeGreaterThan(scripts / 4)
}, 120_000)
