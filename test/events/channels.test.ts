import diagnostics from 'node:diagnostics_channel'

import { describe, expect, test } from 'vitest'

import { publish, subscribe, type KubecredEvents } from '../../src/events/channels.ts'

type Replay = KubecredEvents['kubecred:transport:replay']

const replay: Replay = { server: 'https://example.test', method: 'GET' }

function record(): { events: Replay[]; unsubscribe: () => void } {
  const events: Replay[] = []
  const unsubscribe = subscribe('kubecred:transport:replay', (event) => events.push(event))
  return { events, unsubscribe }
}

describe('subscribe', () => {
  test('gives the listener each event of its name, and no other', () => {
    const { events, unsubscribe } = record()
    publish('kubecred:transport:replay', () => replay)
    publish('kubecred:credential:rejected', () => ({ source: 'other', fingerprint: 'ab' }))
    publish('kubecred:transport:replay', () => ({ ...replay, method: 'POST' }))
    unsubscribe()
    expect(events.map(({ method }) => method)).toEqual(['GET', 'POST'])
  })

  test('gives nothing more after its function was called, however often', () => {
    const { events, unsubscribe } = record()
    unsubscribe()
    unsubscribe()
    publish('kubecred:transport:replay', () => replay)
    expect(events).toEqual([])
  })

  test('serves every listener, and ends the subscription of one only', () => {
    const first = record()
    const second = record()
    first.unsubscribe()
    publish('kubecred:transport:replay', () => replay)
    second.unsubscribe()
    expect([first.events.length, second.events.length]).toEqual([0, 1])
  })

  test('counts a listener that subscribes twice as two', () => {
    const events: Replay[] = []
    const listener = (event: Replay): void => void events.push(event)
    const ends = [
      subscribe('kubecred:transport:replay', listener),
      subscribe('kubecred:transport:replay', listener),
    ]
    publish('kubecred:transport:replay', () => replay)
    for (const end of ends) end()
    expect(events).toEqual([replay, replay])
  })
})

describe('publish', () => {
  test('does not even make the event when nobody listens', () => {
    let made = 0
    publish('kubecred:transport:replay', () => {
      made += 1
      return replay
    })
    expect(made).toBe(0)
  })

  test('reaches listeners that know node:diagnostics_channel only', () => {
    const seen: unknown[] = []
    const listener = (message: unknown): void => void seen.push(message)
    diagnostics.subscribe('kubecred:transport:replay', listener)
    publish('kubecred:transport:replay', () => replay)
    diagnostics.unsubscribe('kubecred:transport:replay', listener)
    expect(seen).toEqual([replay])
  })
})
