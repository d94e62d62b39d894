import { describe, expect, test } from 'vitest'

import { isMet } from '../../bench/page/goal.ts'
import type { Measure } from '../../bench/page/results.ts'
import { capRate, playPair, rowOf } from '../../simulation/figures.ts'
import { scenarios, type Scenario } from '../../simulation/scenario.ts'
import { simulate } from '../../simulation/simulate.ts'

const hourMs = 3_600_000

function scenarioNamed(name: string): Scenario {
  const found = scenarios.find((scenario) => scenario.name === name)
  if (found === undefined) throw new Error(`there is no scenario ${name}`)
  return found
}

function measuresOf(scenario: Scenario, tokens: number): ReadonlyMap<string, Measure> {
  const { measures } = rowOf(playPair(scenario, tokens, 1), 1)
  return new Map(measures.map((measure) => [measure.name, measure]))
}

describe.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
  '%s',
  (_, scenario) => {
    test.each([1000, 10_000])('%i tokens keep every promise', (tokens) => {
      const measures = measuresOf(scenario, tokens)
      const names = [...measures.keys()]
      const judged = [...measures.values()].filter(({ goal }) => goal !== undefined)
      const missed = judged.filter((measure) => isMet(measure) !== true)
      expect(missed).toEqual([])
      expect(names).toContain('peak to mean')
      expect(judged.length).toBeGreaterThanOrEqual(3)
    })
  },
)

test("the kubelet's storm after a rollout does not abate", () => {
  const { theirs } = measuresOf(scenarioNamed('rollout'), 10_000).get('peak to mean') ?? {}
  expect(theirs).toBeGreaterThan(40)
})

test("the kubelet's pod workers wear its storm down, but not in two days", () => {
  const { theirs } = measuresOf(scenarioNamed('pod-workers'), 10_000).get('peak to mean') ?? {}
  expect(theirs).toBeGreaterThan(20)
})

test('after an outage one manager sends no more than its requests in flight allow', () => {
  // A server so slow that what has gathered takes minutes.
  const scenario = { ...scenarioNamed('outage'), latencyMs: 400 }
  const run = simulate(scenario, 10_000, 'Kubecred', 1)
  const cap = capRate(scenario, run)
  const { untilMs } = scenario.outage ?? { untilMs: 0 }
  const after = run.tally.buckets.subarray(untilMs / 10_000)
  expect(cap).toBe(25)
  expect(Math.max(...after)).toBe(cap * 10)
  expect(run.tally.servedLateMs).toBe(0)
})

test('tokens of ten minutes are spread, and renewed in time, though the clocks are half a minute off', () => {
  const scenario = { ...scenarioNamed('clocks'), lifeSeconds: 600, endMs: 12 * hourMs }
  const measures = measuresOf(scenario, 10_000)
  const peak = measures.get('peak to mean')
  expect(peak && isMet(peak)).toBe(true)
  expect(measures.get('served after its end')?.ours).toBe(0)
})

test('tokens of two days are renewed every 24 hours, spread over the day', () => {
  const rollout = scenarioNamed('rollout')
  const scenario = { ...rollout, lifeSeconds: 48 * 3600, endMs: 12 * 24 * hourMs }
  const { tally } = simulate(scenario, 1000, 'Kubecred', 1)
  expect(tally.latestShareOfAll).toBeLessThanOrEqual(0.501)
  expect(tally.requests).toBeLessThan(1000 * 13.5)
  expect(Math.max(...tally.buckets.subarray(6))).toBeLessThan(10)
})

test('a run is repeated by its seed', () => {
  const [one, other, another] = [1, 1, 2].map((seed) =>
    simulate(scenarioNamed('outage'), 100, 'Kubecred', seed).tally.buckets.toString(),
  )
  expect(one).toBe(other)
  expect(one).not.toBe(another)
})
