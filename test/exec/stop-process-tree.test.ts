import { describe, expect, test } from 'vitest'

import { stopProcessTree } from '../../src/exec/stop-process-tree.ts'
import type { StopTarget } from '../../src/exec/stop-target.ts'
import { createFakeClock } from '../../src/testing/fake-clock.ts'

interface FakeTarget extends StopTarget {
  readonly signals: string[]
}

/** A target that dies of a signal, or of none. */
function targetThatDiesOf(signal: string): FakeTarget {
  const signals: string[] = []
  return { signals, signal: (name) => signals.push(name), isAlive: () => !signals.includes(signal) }
}

const never = new Promise<never>(() => undefined)

/** Lets time pass until the promise has settled. */
async function passTime(work: Promise<void>): Promise<number> {
  const stopping = { done: false }
  const settled = work.then(() => (stopping.done = true))
  let passedMs = 0
  for (; !stopping.done; passedMs += 25) {
    clock.advance(25)
    await new Promise((resolve) => setImmediate(resolve))
  }
  await settled
  return passedMs
}

const clock = createFakeClock()

describe('stopProcessTree', () => {
  test('is content with SIGTERM', async () => {
    const target = targetThatDiesOf('SIGTERM')
    await stopProcessTree(target, clock, never)
    expect(target.signals).toEqual(['SIGTERM'])
  })

  test('sends SIGKILL after a second', async () => {
    const target = targetThatDiesOf('SIGKILL')
    const passedMs = await passTime(stopProcessTree(target, clock, never))
    expect(target.signals).toEqual(['SIGTERM', 'SIGKILL'])
    expect(passedMs).toBeGreaterThanOrEqual(1000)
    expect(passedMs).toBeLessThan(1100)
  })

  test('gives up on what nothing can stop', async () => {
    const target = targetThatDiesOf('nothing')
    expect(await passTime(stopProcessTree(target, clock, never))).toBeLessThan(2200)
    expect(target.signals).toEqual(['SIGTERM', 'SIGKILL'])
  })

  test('looks at once when the plugin has ended', async () => {
    const plugin = Promise.withResolvers<void>()
    const state = { alive: true }
    const target: StopTarget = { signal: () => undefined, isAlive: () => state.alive }
    const stopped = stopProcessTree(target, clock, plugin.promise)
    state.alive = false
    plugin.resolve()
    await expect(stopped).resolves.toBeUndefined()
  })
})
