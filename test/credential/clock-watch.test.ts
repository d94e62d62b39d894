import { expect, test } from 'vitest'

import { ClockWatch } from '../../src/credential/clock-watch.ts'
import { createFakeClock, type FakeClock } from '../../src/testing/fake-clock.ts'
import { seconds } from './scripted-provider.ts'

interface Watched {
  readonly clock: FakeClock
  readonly watch: ClockWatch
  /** Times that the second clock was read. */
  reads(): number
}

function watched(): Watched {
  const clock = createFakeClock()
  const monotonic = clock.monotonic.bind(clock)
  let reads = 0
  clock.monotonic = () => {
    reads += 1
    return monotonic()
  }
  return { clock, watch: ClockWatch.of(clock), reads: () => reads }
}

test('tells the time since it began', () => {
  const { clock, watch } = watched()
  expect(watch.time()).toBe(0)
  clock.advance(1234)
  expect([watch.time(), watch.timeAt(clock.now() + 5)]).toEqual([1234, 1239])
})

test('there is one for each clock', () => {
  const { clock, watch } = watched()
  expect(ClockWatch.of(clock)).toBe(watch)
  expect(ClockWatch.of(createFakeClock())).not.toBe(watch)
})

test('looks at the second clock ten times a second at most, however often it is asked', () => {
  const { clock, watch, reads } = watched()
  const before = reads()
  for (let ms = 0; ms < 1000; ms += 1) {
    for (let caller = 0; caller < 10; caller += 1) watch.time()
    clock.advance(1)
  }
  expect(reads() - before).toBe(9)
})

test.each([
  ['a moment', 3],
  ['an hour', 3600 * seconds],
])('a clock that was set back by %s begins an era, at once', (_, byMs) => {
  const { clock, watch } = watched()
  const { era } = watch
  watch.time()
  clock.set(clock.now() - byMs)
  watch.time()
  expect(watch.era).toBe(era + 1)
  clock.advance(3600 * seconds)
  watch.time()
  expect(watch.era).toBe(era + 1)
})

test('also when the clock stands later again by the time that somebody asks', () => {
  const { clock, watch } = watched()
  const { era } = watch
  clock.set(clock.now() - 30 * seconds)
  clock.advance(40 * seconds)
  watch.time()
  expect(watch.era).toBe(era + 1)
})

test('also after a sleep, by no more than that', () => {
  const { clock, watch } = watched()
  const { era } = watch
  clock.sleep(60 * seconds)
  watch.time()
  expect(watch.era).toBe(era)
  clock.set(clock.now() - 10 * seconds)
  watch.time()
  expect(watch.era).toBe(era + 1)
})

/** Eras that begin in ten seconds, at the end of each of which the clock is set by so many milliseconds. */
function erasIn10Seconds(byMs: (second: number) => number): number {
  const { clock, watch } = watched()
  const { era } = watch
  for (let second = 0; second < 10; second += 1) {
    clock.advance(1 * seconds)
    clock.set(clock.now() + byMs(second))
    watch.time()
  }
  return watch.era - era
}

test('a clock that is slowed down is seen in the end', () => {
  expect(erasIn10Seconds(() => -1)).toBe(3)
})

test('what rounding makes of two clocks is no step', () => {
  expect(erasIn10Seconds((second) => (second % 2 === 0 ? -2 : 2))).toBe(0)
})
