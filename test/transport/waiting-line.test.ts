import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { WaitingLine } from '../../src/transport/waiting-line.ts'

// A burst of arrivals or of departures: bursts are what makes the ring turn, wrap and grow.
const bursts = fc.array(fc.record({ arrive: fc.boolean(), count: fc.nat(100) }), {
  maxLength: 40,
  size: 'max',
})

describe('WaitingLine', () => {
  test('does what an array does, however it wraps and grows', () => {
    let longest = 0
    fc.assert(
      fc.property(bursts, (steps) => {
        const line = new WaitingLine<number>()
        const model: number[] = []
        let made = 0
        for (const { arrive, count } of steps) {
          for (let index = 0; index < count; index++) {
            if (arrive) {
              line.push(made)
              model.push(made++)
            }
            const [left, expected] = arrive ? [] : [line.shift(), model.shift()]
            expect(left).toBe(expected)
            expect([line.length, line.next]).toEqual([model.length, model[0]])
          }
          longest = Math.max(longest, model.length)
        }
        while (model.length > 0) expect(line.shift()).toBe(model.shift())
        expect([line.length, line.next, line.shift()]).toEqual([0, undefined, undefined])
      }),
    )
    // The scripts would prove little if no line had grown more than once.
    expect(longest).toBeGreaterThan(256)
  })

  test.each([0, 1, 63, 64, 65, 127, 128, 129, 5000])(
    'keeps the order of %d that come when its first place is anywhere',
    (count) => {
      for (const turned of [0, 1, 63]) {
        const line = new WaitingLine<number>()
        for (let index = 0; index < turned; index++) line.push(-1)
        for (let index = 0; index < turned; index++) line.shift()
        for (let index = 0; index < count; index++) line.push(index)
        const left = Array.from({ length: count }, () => line.shift())
        expect(left).toEqual(Array.from({ length: count }, (_, index) => index))
        expect(line.length).toBe(0)
      }
    },
  )

  test('lets go of whoever has left', async () => {
    const line = new WaitingLine<object>()
    const left = leaveAll(line, 100)
    const stays = {}
    line.push(stays)
    const collected = await collectGarbage(left)
    expect(collected).toBe(100)
    expect(line.next).toBe(stays)
  })
})

/** Has some come and leave, and gives what knows whether they still exist. */
function leaveAll(line: WaitingLine<object>, count: number): readonly WeakRef<object>[] {
  const refs: WeakRef<object>[] = []
  for (let index = 0; index < count; index++) {
    const item = {}
    refs.push(new WeakRef(item))
    line.push(item)
  }
  for (let index = 0; index < count; index++) line.shift()
  return refs
}

/** How many are gone after garbage was collected. */
async function collectGarbage(refs: readonly WeakRef<object>[]): Promise<number> {
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc') as () => void
  // What a WeakRef was made of, or asked for, lives until the turn ends.
  await new Promise((resolve) => setImmediate(resolve))
  gc()
  return refs.filter((ref) => ref.deref() === undefined).length
}
