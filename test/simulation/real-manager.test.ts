import { expect, test } from 'vitest'

import { settings } from '../../simulation/kubecred.ts'
import { scenarios, type Scenario } from '../../simulation/scenario.ts'
import { simulate } from '../../simulation/simulate.ts'
import { bucketMs } from '../../simulation/tally.ts'
import { Dice } from '../../soak/dice.ts'
import type { TokenClient } from '../../src/api/token-client.ts'
import type { FakeClock } from '../../src/testing/fake-clock.ts'
import { TokenManager } from '../../src/token/token-manager.ts'
import { FakeTokenServer, settled } from '../token/fake-token-server.ts'

const minuteMs = 60_000
const tokens = 1000
const outage = { fromMs: 50 * minuteMs, untilMs: 60 * minuteMs }
const endMs = 75 * minuteMs
const latencyMs = 10

/** Requests by minute, and the most that were on their way in one moment. */
interface Seen {
  readonly minutes: number[]
  inFlight: number
  mostInFlight: number
}

/** A server that answers after 10 ms, or not at all. */
function serverUnder(server: FakeTokenServer, seen: Seen): TokenClient {
  const { clock } = server
  const startedAt = clock.now()
  return async (request) => {
    const at = clock.now() - startedAt
    const minute = Math.floor(at / minuteMs)
    seen.minutes[minute] = (seen.minutes[minute] ?? 0) + 1
    seen.mostInFlight = Math.max(seen.mostInFlight, ++seen.inFlight)
    const answer = server.reply(request)
    await new Promise<void>((resolve) => void clock.after(latencyMs, resolve))
    seen.inFlight--
    if (at >= outage.fromMs && at < outage.untilMs) throw new Error('connection refused')
    return answer
  }
}

/** Asks a real manager for each token once a minute, from a moment of its first minute on. */
async function liveForReal(): Promise<Seen> {
  const seen: Seen = {
    minutes: Array.from({ length: endMs / minuteMs }, () => 0),
    inFlight: 0,
    mostInFlight: 0,
  }
  const server = new FakeTokenServer()
  const dice = new Dice(1)
  await using manager = new TokenManager({
    client: serverUnder(server, seen),
    clock: server.clock,
    random: () => dice.next(),
    node: 'node-0',
  })
  const bySecond = Map.groupBy(
    Array.from({ length: tokens }, (_, token) => token),
    () => dice.between(0, 59),
  )
  const errors: unknown[] = []
  for (let second = 0; second < endMs / 1000; second++) {
    for (const token of bySecond.get(second % 60) ?? []) {
      const request = { namespace: 'ci', name: `token-${token}` }
      manager.getServiceAccountToken(request).catch((error: unknown) => errors.push(error))
    }
    await letPass(server.clock, 1000, seen)
  }
  expect(errors).toEqual([])
  return seen
}

/** Lets time pass in steps of an answer's time; at once, when no request is on its way. */
async function letPass(clock: FakeClock, ms: number, seen: Seen): Promise<void> {
  for (let passed = 0; passed < ms;) {
    await settled()
    const step = seen.inFlight > 0 ? latencyMs : ms - passed
    clock.advance(step)
    passed += step
  }
}

test('the model of the gate sends what the real one sends, through an outage and after it', async () => {
  const [rollout] = scenarios
  if (rollout === undefined) throw new Error('there is no scenario')
  const scenario: Scenario = { ...rollout, tokensPerNode: Infinity, endMs, outage, latencyMs }
  const { tally } = simulate(scenario, tokens, 'Kubecred', 1)
  const real = await liveForReal()
  const ratio = (fromMs: number, untilMs: number): number =>
    sum(real.minutes, minuteMs, fromMs, untilMs) / sum(tally.buckets, bucketMs, fromMs, untilMs)
  expect(ratio(0, outage.fromMs)).toBeCloseTo(1, 1)
  // One at a time tries again; both draw their own jitter.
  expect(ratio(outage.fromMs, outage.untilMs)).toBeCloseTo(1, 0)
  // Some 230 of them, and each side has places of its own.
  expect(Math.abs(ratio(outage.untilMs, outage.untilMs + minuteMs) - 1)).toBeLessThan(0.2)
  expect(ratio(outage.untilMs, endMs)).toBeCloseTo(1, 1)
  expect(real.mostInFlight).toBe(settings.maxInFlight)
})

function sum(counts: ArrayLike<number>, eachMs: number, fromMs: number, untilMs: number): number {
  return Array.from(counts)
    .slice(fromMs / eachMs, untilMs / eachMs)
    .reduce((total, count) => total + count, 0)
}
