import { describe, expect, test } from 'vitest'

import { ClockWatch } from '../../src/credential/clock-watch.ts'
import { freshUntil } from '../../src/credential/fresh-window.ts'
import { instantOf } from '../../src/credential/instant.ts'
import type { Held } from '../../src/credential/renewal-state.ts'
import { createFakeClock } from '../../src/testing/fake-clock.ts'
import { namedCredential, seconds, stage } from './scripted-provider.ts'

interface Times {
  readonly dueMs?: number
  readonly endMs?: number
}

/** A credential that came just now, and for how long it could be handed out at this instant. */
function arrived({ dueMs = 80 * seconds, endMs = 100 * seconds }: Times) {
  const clock = createFakeClock()
  const watch = ClockWatch.of(clock)
  clock.advance(5 * seconds)
  const since = instantOf(clock)
  const held: Held = {
    ...since,
    credential: namedCredential('a', since.now + endMs),
    dueAt: since.now + dueMs,
    endsAt: since.now + endMs,
    validFrom: -Infinity,
    refused: undefined,
  }
  return { clock, left: () => freshUntil(held, instantOf(clock), watch) - watch.time() }
}

describe('the window of a fresh credential', () => {
  test.each<[string, Times, number]>([
    ['ends when that is due', {}, 80 * seconds],
    ['ends with it when it is never due', { dueMs: Infinity }, 100 * seconds],
    ['ends with it when it is due after its end', { dueMs: 120 * seconds }, 100 * seconds],
    ['is shut when it is due already', { dueMs: 0 }, 0],
    ['is twelve days long at most', { dueMs: Infinity, endMs: Infinity }, 2 ** 30],
    ['may end within a millisecond', { dueMs: 10.5 }, 10],
  ])('%s', (_, times, lengthMs) => {
    expect(arrived(times).left()).toBe(lengthMs)
  })

  test('is shorter by the time that has passed, whatever the clock says', () => {
    const { clock, left } = arrived({})
    clock.advance(50 * seconds)
    expect(left()).toBe(30 * seconds)
    clock.set(clock.now() - 3600 * seconds)
    expect(left()).toBe(30 * seconds)
    // The machine of the fake clock sleeps: nobody waits here.
    clock.sleep(3610 * seconds)
    expect(left()).toBe(20 * seconds)
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
