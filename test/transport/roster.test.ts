import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { Roster, type Listed } from '../../src/transport/roster.ts'

const listed = (): Listed => ({ place: -1 })

describe('Roster', () => {
  test('holds what was added and not removed, whatever the order', () => {
    const commands = fc.array(fc.tuple(fc.boolean(), fc.nat(9)), { maxLength: 60 })
    fc.assert(
      fc.property(commands, (steps) => {
        const items = Array.from({ length: 10 }, listed)
        const roster = new Roster<Listed>()
        const reference = new Set<Listed>()
        for (const [adds, index] of steps) {
          const item = items[index] ?? listed()
          if (adds) roster.add(item)
          else roster.remove(item)
          if (adds) reference.add(item)
          else reference.delete(item)
        }
        expect(new Set(roster.snapshot())).toEqual(reference)
        expect(roster.snapshot()).toHaveLength(reference.size)
        expect(roster.size).toBe(reference.size)
      }),
    )
  })

  test('does not mind an item of another roster', () => {
    const [ours, theirs] = [new Roster<Listed>(), new Roster<Listed>()]
    const [one, other] = [listed(), listed()]
    ours.add(one)
    theirs.add(other)
    ours.remove(other)
    expect([ours.snapshot(), theirs.snapshot()]).toEqual([[one], [other]])
  })

  test('gives a snapshot that later changes leave alone', () => {
    const roster = new Roster<Listed>()
    const item = listed()
    roster.add(item)
    const before = roster.snapshot()
    roster.remove(item)
    expect([before, roster.size]).toEqual([[item], 0])
  })
})
