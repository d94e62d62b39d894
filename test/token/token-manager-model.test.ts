import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { TokenWorld, type TokenWorldSettings } from './token-manager-world.ts'

/** The reference keeps no state beside the world, which says itself which promises were broken. */
type Step = fc.AsyncCommand<object, TokenWorld>

const which = fc.nat({ max: 5 })
const times = fc.constantFrom(0, 1, 1000, 8000, 20_000, 60_000, 300_000)
const jumps = fc.constantFrom(700, 60_000, 600_000)

function step<Value>(
  weight: number,
  name: string,
  values: fc.Arbitrary<Value>,
  act: (world: TokenWorld, value: Value) => unknown,
): fc.Arbitrary<Step>[] {
  const arbitrary = fc.tuple(values, fc.boolean()).map(([value, settles]): Step => ({
    check: () => true,
    async run(_model, world) {
      await act(world, value)
      if (settles) await world.pass()
      expect(world.broken).toEqual([])
    },
    toString: () => `${name} ${String(value)}${settles ? '' : ', and at once'};`,
  }))
  return Array.from({ length: weight }, () => arbitrary)
}

const steps = [
  step(6, 'get', which, (world, n) => world.get(n)),
  step(2, 'rejected', which, (world, n) => world.rejected(n)),
  step(1, 'abort', which, (world, n) => world.abort(n)),
  step(1, 'remove', which, (world, n) => world.remove(n)),
  step(2, 'recreate', which, (world, n) => world.recreate(n)),
  step(7, 'give', which, (world, n) => world.give(n)),
  step(1, 'fail', which, (world, n) => world.fail(n)),
  step(1, 'refuse', which, (world, n) => world.refuse(n, n * 3)),
  step(4, 'advance', times, (world, ms) => world.advance(ms)),
  step(1, 'sleep', jumps, (world, ms) => world.sleep(ms)),
].flat()

const script = fc.commands(steps, { maxCommands: 50, size: 'max' })
const settings = fc.record<TokenWorldSettings>({
  maxInFlight: fc.constantFrom(1, 2, 10),
  grants: fc.constantFrom(10, 600, 3600),
})

const scripts = 1000

// A failure prints seed and path: `fc.assert(…, { seed, path })` plays it again.
test('a token manager keeps its promises, whatever happens in whatever order', async () => {
  const total = { requests: 0, tokens: 0 }
  await fc.assert(
    fc.asyncProperty(settings, script, fc.boolean(), async (given, list, finishes) => {
      const world = new TokenWorld(given)
      await fc.asyncModelRun(() => ({ model: {}, real: world }), list)
      if (finishes) await world.finish()
      await world.close()
      total.requests += world.requestCount
      total.tokens += world.tokenCount
      expect(world.broken).toEqual([])
    }),
    { numRuns: scripts },
  )
  // The scripts would prove nothing if they did not get anywhere.
  expect(total.requests).toBeGreaterThan(3 * scripts)
  expect(total.tokens).toBeGreaterThan(3 * scripts)
}, 120_000)
