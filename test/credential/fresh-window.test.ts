import { describe, expect, test } from 'vitest'

import { ClockWatch } from '../../src/credential/clock-watch.ts'
import { FreshWindow } from '../../src/credential/fresh-window.ts'
import { instantOf } from '../../src/credential/instant.ts'
import { createFakeClock } from '../../src/testing/fake-clock.ts'
import { namedCredential, seconds, stage } from './scripted-provider.ts'

const days = 24 * 3600 * seconds

/** A window of a credential that came just now, and is due 80 s and ends 100 s later. */
function opened(changes: { readonly dueMs?: number; readonly endMs?: number } = {}) {
  const clock = createFakeClock()
  const watch = ClockWatch.of(clock)
  const since = instantOf(clock)
  const held = {
    ...since,
    credential: namedCredential('a', clock.now() + 100 * seconds),
    dueAt: since.now + (changes.dueMs ?? 80 * seconds),
    endsAt: since.now + (changes.endMs ?? 100 * seconds),
    validFrom: -Infinity,
    refused: undefined,
  }
  const window = new FreshWindow()
  const open = (): void => {
    watch.time()
    window.open(held, instantOf(clock), watch)
  }
  const isOpen = (): boolean => window.at(watch) === held.credential
  return { clock, window, open, isOpen }
}

describe('the window of a fresh credential', () => {
  test.each([
    ['ends when that is due', {}, 80 * seconds],
    ['ends with it when it is never due', { dueMs: Infinity }, 100 * seconds],
    ['ends with it when it is due after its end', { dueMs: 120 * seconds }, 100 * seconds],
    ['is shut when it is due already', { dueMs: 0 }, 0],
    ['is twelve days long at most', { dueMs: Infinity, endMs: Infinity }, 2 ** 30],
    ['may end within a millisecond', { dueMs: 10.5 }, 10],
  ])('%s', (_, changes, lengthMs) => {
    const { clock, open, isOpen } = opened(changes)
    open()
    clock.set(clock.now() + Math.max(lengthMs - 1, 0))
    expect(isOpen()).toBe(lengthMs > 0)
    clock.set(clock.now() + 1)
    expect(isOpen()).toBe(false)
  })

  test('counts the time that has passed, whatever the clock says', () => {
    const { clock, open, isOpen } = opened()
    clock.advance(50 * seconds)
    clock.set(clock.now() - 3600 * seconds)
    open()
    clock.advance(29 * seconds)
    expect(isOpen()).toBe(true)
    clock.advance(1 * seconds)
    expect(isOpen()).toBe(false)
  })

  test('is shut by a clock that was set back, and does not come back with the time', () => {
    const { clock, open, isOpen } = opened({ dueMs: 2 * days, endMs: 3 * days })
    open()
    clock.set(clock.now() - 3600 * seconds)
    expect(isOpen()).toBe(false)
    clock.advance(2 * 3600 * seconds)
    expect(isOpen()).toBe(false)
    open()
    expect(isOpen()).toBe(true)
  })

  test('does not come back when it was shut', () => {
    const { window, open, isOpen } = opened()
    open()
    window.close()
    expect(isOpen()).toBe(false)
  })
})

test('within the window one clock is read, and nothing that happens is missed', async () => {
  const { clock, provider, renewer, credential, start } = stage()
  const first = await start('a', 1000 * seconds)
  const monotonic = clock.monotonic.bind(clock)
  let reads = 0
  clock.monotonic = () => {
    reads += 1
    return monotonic()
  }
  for (let count = 0; count < 1000; count += 1) expect(renewer.current()).toBe(first)
  expect(reads).toBe(1)
  clock.advance(99)
  expect([renewer.current(), reads]).toEqual([first, 1])
  // The clock's watch, for all sources.
  clock.advance(1)
  expect([renewer.current(), reads]).toEqual([first, 2])
  // The watch sees it, and the source looks at its credential again.
  clock.set(clock.now() - 10)
  expect([renewer.current(), reads]).toEqual([first, 4])
  const asking = renewer.rejected(first)
  expect(renewer.current()).toBeUndefined()
  await Promise.resolve()
  await provider.run(1).give(credential('b', 1000 * seconds))
  expect(renewer.current()).toBe(await asking)
  await renewer.close()
  expect(renewer.current()).toBeUndefined()
})

test('a clock that was set back does not make a credential last longer', async () => {
  const { clock, renewer, start } = stage({ runsAhead: false })
  const first = await start('a', 1000 * seconds)
  clock.advance(500 * seconds)
  expect(renewer.current()).toBe(first)
  clock.set(clock.now() - 3600 * seconds)
  clock.advance(600 * seconds)
  expect(renewer.current()).toBeUndefined()
  // The time of day at which it was looked at when it was fresh.
  clock.advance(3000 * seconds)
  expect(renewer.current()).toBeUndefined()
})
