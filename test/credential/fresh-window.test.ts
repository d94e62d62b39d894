import { expect, test } from 'vitest'

import { FreshWindow } from '../../src/credential/fresh-window.ts'
import { namedCredential, seconds, stage } from './scripted-provider.ts'

const held = {
  credential: namedCredential('a', 1000),
  dueAt: 800,
  endsAt: 1000,
  since: { now: 0, monotonic: 0 },
  validFrom: -Infinity,
  refused: undefined,
}

test.each([
  ['is a moment long', { now: 50, monotonic: 50 }, 100],
  ['ends when it is due', { now: 770, monotonic: 770 }, 30],
  ['ends when it is due by the time that passed', { now: -5000, monotonic: 770 }, 30],
  ['is none when it is due', { now: 800, monotonic: 800 }, 0],
  ['ends with it when it is never due', { now: 970, monotonic: 970 }, 30, Infinity],
])('the window of a fresh credential %s', (_, at, lengthMs, dueAt = held.dueAt) => {
  const lasts = (): boolean[] =>
    [0, lengthMs - 1, lengthMs].map((passed) => {
      const fresh = new FreshWindow()
      fresh.open({ ...held, dueAt }, at)
      return fresh.at(at.now + passed) === held.credential
    })
  expect(lasts()).toEqual([lengthMs > 0, lengthMs > 0, false])
})

test('a window that was left, or closed, does not come back', () => {
  const fresh = new FreshWindow()
  fresh.open(held, { now: 50, monotonic: 50 })
  expect([fresh.at(50), fresh.at(49), fresh.at(50)]).toEqual([
    held.credential,
    undefined,
    undefined,
  ])
  fresh.open(held, { now: 50, monotonic: 50 })
  fresh.close()
  expect(fresh.at(50)).toBeUndefined()
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
  clock.advance(1)
  expect([renewer.current(), reads]).toEqual([first, 2])
  clock.set(clock.now() - 1)
  expect([renewer.current(), reads]).toEqual([first, 3])
  const asking = renewer.rejected(first)
  expect(renewer.current()).toBeUndefined()
  await Promise.resolve()
  await provider.run(1).give(credential('b', 1000 * seconds))
  expect(renewer.current()).toBe(await asking)
  await renewer.close()
  expect(renewer.current()).toBeUndefined()
})

test('a clock that was set back does not bring a window back', async () => {
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
