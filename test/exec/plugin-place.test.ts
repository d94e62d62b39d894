import { describe, expect, test } from 'vitest'

import { Places } from '../../src/exec/plugin-place.ts'

const { signal } = new AbortController()
const nextTick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('Places', () => {
  test('are taken by so many at once, and by the others in the order in which they came', async () => {
    const places = new Places(2)
    const order: string[] = []
    const enter = async (name: string): Promise<void> => {
      const giveBack = await places.take(signal)
      order.push(`${name} in`)
      await nextTick()
      order.push(`${name} out`)
      giveBack()
    }
    await Promise.all([enter('a'), enter('b'), enter('c'), enter('d')])
    expect(order.slice(0, 2)).toEqual(['a in', 'b in'])
    expect(order.filter((each) => each.endsWith('in'))).toEqual(['a in', 'b in', 'c in', 'd in'])
    expect(order.indexOf('c in')).toBeGreaterThan(order.indexOf('a out'))
  })

  test('are not kept for one that gives up, nor for one that has before', async () => {
    const places = new Places(1)
    const giveBack = await places.take(signal)
    const impatient = new AbortController()
    const second = places.take(impatient.signal)
    const third = places.take(signal)
    impatient.abort('enough')
    await expect(second).rejects.toBe('enough')
    await expect(places.take(AbortSignal.abort('gone'))).rejects.toBe('gone')
    giveBack()
    ;(await third)()
    ;(await places.take(signal))()
  })
})
