import { afterEach, describe, expect, test } from 'vitest'

import { systemClock, systemRandom, type Timer } from '../../src/credential/clock.ts'

const timers: Timer[] = []

function after(ms: number, then: () => void = () => undefined): Timer {
  const timer = systemClock.after(ms, then)
  timers.push(timer)
  return timer
}

// Timers that hold this process alive; Node lists no others.
function holding(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
}

afterEach(() => {
  for (const timer of timers.splice(0)) timer.cancel()
})

describe('systemClock', () => {
  test("tells the machine's time", () => {
    const before = Date.now()
    const now = systemClock.now()
    expect(now).toBeGreaterThanOrEqual(before)
    expect(now).toBeLessThanOrEqual(Date.now())
  })

  test('has whole milliseconds that only grow', async () => {
    const before = systemClock.monotonic()
    await new Promise<void>((resolve) => {
      after(20, resolve).hold()
    })
    const passed = systemClock.monotonic() - before
    expect(passed).toBeGreaterThanOrEqual(18)
    expect(Number.isInteger(before)).toBe(true)
  })

  test.each([5, 0, -5])('calls back once after %d ms', async (ms) => {
    let calls = 0
    await new Promise<void>((resolve) => {
      after(ms, () => {
        calls += 1
        resolve()
      }).hold()
    })
    expect(calls).toBe(1)
  })

  test.each([2 ** 31, Infinity])('does not call back at once after %d ms', async (ms) => {
    let called = false
    after(ms, () => {
      called = true
    })
    await new Promise<void>((resolve) => {
      after(20, resolve).hold()
    })
    expect(called).toBe(false)
  })

  test('does not call back when cancelled', async () => {
    let called = false
    after(1, () => {
      called = true
    }).cancel()
    await new Promise<void>((resolve) => {
      after(20, resolve).hold()
    })
    expect(called).toBe(false)
  })

  test('holds the process alive only between hold and release or cancel', () => {
    const before = holding()
    const timer = after(60_000)
    const seen = [holding() - before]
    for (const step of [timer.hold, timer.release, timer.hold, timer.hold, timer.cancel]) {
      step()
      seen.push(holding() - before)
    }
    expect(seen).toEqual([0, 1, 0, 1, 1, 0])
  })
})

test('systemRandom gives numbers from 0 to 1', () => {
  const numbers = Array.from({ length: 100 }, systemRandom)
  expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true)
  expect(new Set(numbers).size).toBeGreaterThan(50)
})
