import { describe, expect, test } from 'vitest'

import { allFaults } from '../../soak/faults/all.ts'
import { forecast } from '../../soak/forecast.ts'

function first(count: number, seed: number): string[] {
  const plan = forecast(seed, allFaults)
  return Array.from({ length: count }, () => {
    const { fault, target, lastsMs, afterMs, seed: own } = plan.next().value
    return [fault.name, target, lastsMs, afterMs, own].join()
  })
}

describe('the forecast', () => {
  test('is the same for the same seed, and another for another', () => {
    expect(first(200, 7)).toEqual(first(200, 7))
    expect(first(200, 8)).not.toEqual(first(200, 7))
  })

  test('has every kind of fault once before any comes again', () => {
    const plan = forecast(1, allFaults)
    const names = allFaults.map(() => plan.next().value.fault.name)
    expect(names.toSorted()).toEqual(allFaults.map(({ name }) => name).toSorted())
    expect(new Set(names).size).toBe(allFaults.length)
  })

  test('has faults of every group, and more than forty kinds', () => {
    expect(new Set(allFaults.map(({ group }) => group)).size).toBe(6)
    expect(allFaults.length).toBeGreaterThan(40)
  })

  test('keeps to the times and the targets of a fault', () => {
    const plan = forecast(3, allFaults)
    for (let count = 0; count < 300; count++) {
      const { fault, target, lastsMs } = plan.next().value
      expect(fault.targets).toContain(target)
      expect(lastsMs).toBeGreaterThanOrEqual(fault.lasts[0])
      expect(lastsMs).toBeLessThanOrEqual(fault.lasts[1])
    }
  })
})
