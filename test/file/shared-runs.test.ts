import { expect, test } from 'vitest'

import { SharedRuns } from '../../src/file/shared-runs.ts'

/** A task that ends when the test says so. */
function gatedRuns() {
  const gates: PromiseWithResolvers<number>[] = []
  const runs = new SharedRuns(async () => {
    const gate = Promise.withResolvers<number>()
    gates.push(gate)
    return await gate.promise
  })
  return { runs, gates }
}

test('ten thousand who ask while one runs share the next, which begins after they asked', async () => {
  const { runs, gates } = gatedRuns()
  const first = runs.ask()
  const others = Array.from({ length: 10_000 }, () => runs.ask())
  expect(gates).toHaveLength(1)
  gates[0]?.resolve(1)
  expect(await first).toBe(1)
  await expect.poll(() => gates.length).toBe(2)
  gates[1]?.resolve(2)
  expect(new Set(await Promise.all(others))).toEqual(new Set([2]))
  expect(gates).toHaveLength(2)
})

test('a run that fails does not keep the next one from beginning', async () => {
  const { runs, gates } = gatedRuns()
  const first = runs.ask()
  const second = runs.ask()
  gates[0]?.reject(new Error('unreadable'))
  await expect(first).rejects.toThrow('unreadable')
  await expect.poll(() => gates.length).toBe(2)
  gates[1]?.resolve(2)
  expect(await second).toBe(2)
})
