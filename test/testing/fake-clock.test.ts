import { describe, expect, test } from 'vitest'

import { createFakeClock } from '../../src/testing/fake-clock.ts'

describe('createFakeClock', () => {
  test('stands still until it is advanced', () => {
    const clock = createFakeClock(1000)
    expect([clock.now(), clock.now()]).toEqual([1000, 1000])
    clock.advance(5)
    expect(clock.now()).toBe(1005)
  })

  test('starts with a time of its own', () => {
    expect(new Date(createFakeClock().now()).toISOString()).toBe('2030-01-01T00:00:00.000Z')
  })

  test('runs timers in the order of their moments, each at its own', () => {
    const clock = createFakeClock(0)
    const seen: string[] = []
    const note = (name: string) => () => seen.push(`${name}@${clock.now()}`)
    clock.after(20, note('late'))
    clock.after(10, note('early'))
    clock.after(10, note('early too'))
    clock.after(-5, note('past'))
    clock.after(31, note('never'))
    clock.advance(30)
    expect(seen).toEqual(['past@0', 'early@10', 'early too@10', 'late@20'])
    expect(clock.now()).toBe(30)
    expect(clock.pendingTimers).toBe(1)
  })

  test('runs what a timer sets, when that falls into the same stretch', () => {
    const clock = createFakeClock(0)
    const seen: number[] = []
    const again = (): void => {
      seen.push(clock.now())
      clock.after(10, again)
    }
    clock.after(10, again)
    clock.advance(35)
    expect(seen).toEqual([10, 20, 30])
  })

  test('goes on from where a timer advanced it', () => {
    const clock = createFakeClock(0)
    const seen: number[] = []
    clock.after(10, () => clock.advance(100))
    clock.after(20, () => seen.push(clock.now()))
    clock.advance(30)
    expect(seen).toEqual([20])
    expect(clock.now()).toBe(110)
  })

  test('forgets a cancelled timer', () => {
    const clock = createFakeClock(0)
    const seen: string[] = []
    clock.after(1, () => seen.push('fired')).cancel()
    clock.advance(10)
    expect([seen, clock.pendingTimers]).toEqual([[], 0])
  })

  test('counts the timers that hold the process alive', () => {
    const clock = createFakeClock(0)
    const timer = clock.after(5, () => {})
    expect(clock.heldTimers).toBe(0)
    timer.hold()
    timer.hold()
    expect(clock.heldTimers).toBe(1)
    timer.release()
    expect(clock.heldTimers).toBe(0)
    timer.hold()
    clock.advance(5)
    expect([clock.heldTimers, clock.pendingTimers]).toEqual([0, 0])
  })

  test('takes a correction of the time of day without running timers', () => {
    const clock = createFakeClock(1000)
    const seen: number[] = []
    clock.after(10, () => seen.push(clock.now()))
    clock.set(500)
    expect([clock.now(), seen]).toEqual([500, []])
    clock.set(1_000_000)
    expect(seen).toEqual([])
    clock.advance(10)
    expect([clock.now(), seen]).toEqual([1_000_010, [1_000_010]])
  })

  test('sleeps as a machine does: only the time of day goes on, and timers are late', () => {
    const clock = createFakeClock(1000)
    const seen: number[] = []
    clock.after(10, () => seen.push(clock.now()))
    clock.advance(4)
    clock.sleep(500)
    expect([clock.now(), clock.monotonic(), seen]).toEqual([1504, 4, []])
    clock.advance(6)
    expect([clock.monotonic(), seen]).toEqual([10, [1510]])
  })

  test('has a monotonic time that no correction changes', () => {
    const clock = createFakeClock(1000)
    clock.advance(7)
    clock.set(0)
    expect([clock.now(), clock.monotonic()]).toEqual([0, 7])
  })

  test.each([-1, Number.NaN])('refuses to go on by %s', (ms) => {
    expect(() => createFakeClock().advance(ms)).toThrow('"ms" must be zero or more')
    expect(() => createFakeClock().sleep(ms)).toThrow('"ms" must be zero or more')
  })
})
