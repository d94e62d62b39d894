import { expect, test } from 'vitest'

import { Listeners } from '../../src/credential/listeners.ts'

test('tells all that listen, until they do no longer', () => {
  const listeners = new Listeners<number>()
  const told: string[] = []
  const listen = (value: number): void => void told.push(`a${value}`)
  const ends = [listeners.add(listen), listeners.add(listen)]
  listeners.add((value) => told.push(`b${value}`))
  listeners.tell(1)
  ends[0]?.()
  ends[0]?.()
  expect(listeners.size).toBe(2)
  listeners.tell(2)
  expect(told).toEqual(['a1', 'a1', 'b1', 'a2', 'b2'])
})

test('tells those who listened when it began, whatever they do', () => {
  const listeners = new Listeners()
  const told: string[] = []
  const end = listeners.add(() => {
    end()
    listeners.add(() => told.push('late'))
    told.push('first')
  })
  listeners.add(() => told.push('second'))
  listeners.tell()
  expect(told).toEqual(['first', 'second'])
})

test('makes an uncaught error of what one of them throws, and tells the others', async () => {
  const listeners = new Listeners()
  const others = process.listeners('uncaughtException')
  process.removeAllListeners('uncaughtException')
  const uncaught = new Promise((resolve) => process.once('uncaughtException', resolve))
  let told = 0
  listeners.add(() => {
    throw new Error('of the program')
  })
  listeners.add(() => told++)
  listeners.tell()
  expect(told).toBe(1)
  expect(await uncaught).toMatchObject({ message: 'of the program' })
  for (const other of others) process.on('uncaughtException', other)
})
