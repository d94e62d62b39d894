import { describe, expect, test } from 'vitest'

import { takeTerminalTurn } from '../../src/exec/terminal-turn.ts'

const { signal } = new AbortController()

describe('takeTerminalTurn', () => {
  test('lets one in at a time, in the order in which they came', async () => {
    const order: string[] = []
    const enter = async (name: string): Promise<void> => {
      const giveOn = await takeTerminalTurn(signal)
      order.push(`${name} in`)
      await new Promise((resolve) => setImmediate(resolve))
      order.push(`${name} out`)
      giveOn()
    }
    await Promise.all([enter('a'), enter('b'), enter('c')])
    expect(order).toEqual(['a in', 'a out', 'b in', 'b out', 'c in', 'c out'])
  })

  test('lets go of one that gives up, and of nobody else', async () => {
    const giveOn = await takeTerminalTurn(signal)
    const impatient = new AbortController()
    const second = takeTerminalTurn(impatient.signal)
    const third = takeTerminalTurn(signal)
    const reason = new Error('enough')
    impatient.abort(reason)
    await expect(second).rejects.toBe(reason)
    let isIn = false
    void third.then(() => (isIn = true))
    await new Promise((resolve) => setImmediate(resolve))
    expect(isIn).toBe(false)
    giveOn()
    ;(await third)()
    expect(isIn).toBe(true)
  })

  test('does not let in one that has given up before', async () => {
    await expect(takeTerminalTurn(AbortSignal.abort('gone'))).rejects.toBe('gone')
    ;(await takeTerminalTurn(signal))()
  })
})
