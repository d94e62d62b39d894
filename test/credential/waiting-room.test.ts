import { describe, expect, test } from 'vitest'

import { WaitingRoom } from '../../src/credential/waiting-room.ts'
import { nameOf, namedCredential, outcomeOf, settled } from './scripted-provider.ts'

function observedRoom(): { room: WaitingRoom; told: boolean[] } {
  const told: boolean[] = []
  return { room: new WaitingRoom((occupied) => told.push(occupied)), told }
}

describe('WaitingRoom', () => {
  test('gives everybody the same credential', async () => {
    const { room } = observedRoom()
    const waiting = [room.wait(undefined), room.wait(new AbortController().signal)]
    room.admit(namedCredential('a'))
    expect((await Promise.all(waiting)).map(nameOf)).toEqual(['a', 'a'])
  })

  test('gives everybody the same error', async () => {
    const { room } = observedRoom()
    const waiting = [room.wait(undefined), room.wait(undefined)]
    const error = new Error('no')
    room.turnAway(error)
    const outcomes = await Promise.allSettled(waiting)
    expect(outcomes.map((outcome) => 'reason' in outcome && outcome.reason === error)).toEqual([
      true,
      true,
    ])
  })

  test('lets one caller leave with the reason of its signal, and the others wait on', async () => {
    const { room } = observedRoom()
    const controller = new AbortController()
    const [leaving, staying] = [room.wait(controller.signal), room.wait(undefined)]
    controller.abort('gone home')
    await expect(leaving).rejects.toBe('gone home')
    expect(room.waiters).toBe(1)
    room.admit(namedCredential('a'))
    expect(nameOf(await staying)).toBe('a')
  })

  test('lets nobody in whose signal is aborted already', async () => {
    const { room, told } = observedRoom()
    const reason = new Error('too late')
    await expect(room.wait(AbortSignal.abort(reason))).rejects.toBe(reason)
    expect(told).toEqual([])
  })

  test('tells when the first caller comes and when the last has gone', async () => {
    const { room, told } = observedRoom()
    const controllers = [new AbortController(), new AbortController()]
    const outcomes = controllers.map(({ signal }) => outcomeOf(room.wait(signal)))
    expect(told).toEqual([true])
    controllers[0]?.abort('first')
    expect(told).toEqual([true])
    controllers[1]?.abort('second')
    expect(told).toEqual([true, false])
    await settled()
    expect(outcomes.map(({ value }) => value)).toEqual(['first', 'second'])
  })

  test('is empty as soon as it is told the outcome, and can be entered again', async () => {
    const { room, told } = observedRoom()
    const first = room.wait(undefined)
    room.admit(namedCredential('a'))
    expect(room.waiters).toBe(0)
    const second = room.wait(undefined)
    expect(room.waiters).toBe(1)
    expect(nameOf(await first)).toBe('a')
    room.admit(namedCredential('b'))
    expect(nameOf(await second)).toBe('b')
    expect(told).toEqual([true, false, true, false])
  })

  test('forgets an outcome that nobody waited for', async () => {
    const { room, told } = observedRoom()
    room.turnAway(new Error('unheard'))
    room.admit(namedCredential('a'))
    const outcome = outcomeOf(room.wait(undefined))
    await settled()
    expect([outcome.value, told]).toEqual(['pending', [true]])
  })

  test('does not mind an abort after the outcome', async () => {
    const { room, told } = observedRoom()
    const controller = new AbortController()
    const waiting = room.wait(controller.signal)
    room.admit(namedCredential('a'))
    controller.abort()
    expect(nameOf(await waiting)).toBe('a')
    expect(told).toEqual([true, false])
  })
})
