import fc from 'fast-check'
import { expect, test } from 'vitest'

import { TimeWheel } from '../../simulation/time-wheel.ts'

test('each thing is called at its moment, in order to a tenth of a second', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 9999, noNaN: true })), (moments) => {
      const wheel = new TimeWheel(moments.length, 10_000)
      moments.forEach((atMs, thing) => wheel.set(thing, atMs))
      const called: number[] = []
      const things: number[] = []
      wheel.run((thing, atMs) => {
        expect(atMs).toBe(moments[thing])
        called.push(Math.floor(atMs / 100))
        things.push(thing)
      })
      expect(called).toEqual(called.toSorted((a, b) => a - b))
      expect(things.toSorted((a, b) => a - b)).toEqual(moments.map((_, thing) => thing))
    }),
  )
})

test('what is set while time passes is called, too, and what lies beyond the end is not', () => {
  const wheel = new TimeWheel(1, 1000)
  const called: number[] = []
  wheel.set(0, 50)
  wheel.run((_, atMs) => {
    called.push(atMs)
    wheel.set(0, atMs + 30)
  })
  expect(called.slice(0, 4)).toEqual([50, 80, 110, 140])
  expect(called.at(-1)).toBe(980)
})

test('time stops where it is told to, and goes on from there', () => {
  const wheel = new TimeWheel(2, 1000)
  const called: number[] = []
  wheel.set(0, 100)
  wheel.set(1, 600)
  wheel.run((thing) => called.push(thing), 500)
  expect(called).toEqual([0])
  wheel.clear()
  wheel.set(1, 700)
  wheel.run((thing, atMs) => called.push(thing, atMs))
  expect(called).toEqual([0, 1, 700])
})
