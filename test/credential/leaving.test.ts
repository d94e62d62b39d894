import { getEventListeners } from 'node:events'

import { describe, expect, test } from 'vitest'

import { onceAborted } from '../../src/credential/leaving.ts'
import { seconds, stage } from './scripted-provider.ts'

describe('onceAborted', () => {
  test('tells everybody of the abort once, through one listener', () => {
    const controller = new AbortController()
    const { signal } = controller
    const told: string[] = []
    onceAborted(signal, () => told.push('a'))
    const stay = onceAborted(signal, () => told.push('b'))
    onceAborted(signal, () => told.push('c'))
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    stay()
    controller.abort()
    expect(told).toEqual(['a', 'c'])
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  test('takes the same function twice for two', () => {
    const controller = new AbortController()
    let count = 0
    const leave = (): void => void (count += 1)
    const stay = onceAborted(controller.signal, leave)
    onceAborted(controller.signal, leave)
    stay()
    stay()
    controller.abort()
    expect(count).toBe(1)
  })

  test('leaves nothing on a signal that nobody waits under, and can begin anew', () => {
    const controller = new AbortController()
    const { signal } = controller
    for (const stay of [onceAborted(signal, () => undefined)]) stay()
    expect(getEventListeners(signal, 'abort')).toEqual([])
    let told = false
    onceAborted(signal, () => (told = true))
    controller.abort()
    expect(told).toBe(true)
  })

  test('does not tell who was taken away by another', () => {
    const controller = new AbortController()
    const told: string[] = []
    const stays = [
      onceAborted(controller.signal, () => {
        told.push('a')
        stays[1]?.()
      }),
      onceAborted(controller.signal, () => told.push('b')),
    ]
    controller.abort()
    expect(told).toEqual(['a'])
  })
})

test('any number of callers wait under one signal with one listener, and leave none', async () => {
  const { provider, renewer, credential } = stage()
  const { signal } = new AbortController()
  const waiting = Array.from({ length: 1000 }, () => renewer.get({ signal }))
  await Promise.resolve()
  await Promise.resolve()
  expect(getEventListeners(signal, 'abort')).toHaveLength(1)
  await provider.run(0).give(credential('a', 1000 * seconds))
  expect(new Set(await Promise.all(waiting)).size).toBe(1)
  expect(getEventListeners(signal, 'abort')).toEqual([])
})
