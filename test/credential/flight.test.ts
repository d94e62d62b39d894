import { describe, expect, test } from 'vitest'

import type { Credential } from '../../src/credential/credential.ts'
import { FlightRun, type FlightPlan } from '../../src/credential/flight.ts'
import { KubecredError } from '../../src/errors/kubecred-error.ts'
import { createFakeClock } from '../../src/testing/fake-clock.ts'
import { difference } from '../differences.ts'
import { nameOf, namedCredential, scriptedProvider, seconds, settled } from './scripted-provider.ts'

function fly(changes: Partial<FlightPlan> = {}) {
  const clock = createFakeClock()
  const provider = scriptedProvider()
  const calls: unknown[] = []
  const run = new FlightRun({
    id: 7,
    provider,
    request: { reason: 'first', ahead: false },
    deadlineMs: 10 * seconds,
    clock,
    onArrived: (credential: Credential) => calls.push(nameOf(credential)),
    onFailed: (error) => calls.push(error),
    ...changes,
  })
  return { clock, provider, calls, run }
}

describe('FlightRun', () => {
  test('asks the provider a step later, and tells it why', async () => {
    const { provider, run } = fly()
    expect([run.id, provider.runs.length]).toEqual([7, 0])
    await settled()
    const { signal, explain, whenWanted, ...request } = provider.run(0).request
    expect(request).toEqual({ reason: 'first', ahead: false })
    expect([signal.aborted, typeof explain, typeof whenWanted]).toEqual([
      false,
      'function',
      'function',
    ])
  })

  test.each([
    ['before', [true], []],
    ['after', [], [false, true]],
  ])('tells the provider that somebody waits, %s it asked to be told', async (_, first, then) => {
    const { provider, run } = fly()
    await settled()
    for (const isWanted of first) run.hold(isWanted)
    const told: string[] = []
    provider.run(0).request.whenWanted?.(() => void told.push('wanted'))
    expect(told).toHaveLength(first.length)
    for (const isWanted of then) run.hold(isWanted)
    expect(told).toEqual(['wanted'])
  })

  test('tells at the deadline what the provider knows by then', async () => {
    const { clock, provider, calls } = fly()
    await settled()
    const said = ['first']
    provider.run(0).request.explain?.(() => ({ stderrTail: said.join() }))
    said.push('last')
    clock.advance(10 * seconds)
    expect(calls).toMatchObject([{ details: { stderrTail: 'first,last' } }])
  })

  test('tells at the deadline what kept the provider, with the hint and the details of that', async () => {
    const { clock, provider, calls } = fly()
    await settled()
    const details = { statusCode: 429, retryInMs: 5000 }
    const cause = new KubecredError('ERR_TOKEN_REQUEST', 'too busy', { hint: 'wait', details })
    provider.run(0).request.explain?.(() => cause)
    clock.advance(10 * seconds)
    const words = 'scripted plugin: gave no credential within 10 s and was stopped: too busy'
    const code = 'ERR_RENEWAL_DEADLINE'
    expect(calls).toMatchObject([{ code, message: words, cause, hint: 'wait', details }])
  })

  test('hands over what the provider gave, once, and leaves no timer', async () => {
    const { clock, provider, calls } = fly()
    await settled()
    await provider.run(0).give(namedCredential('a'))
    clock.advance(60 * seconds)
    expect([calls, clock.pendingTimers]).toEqual([['a'], 0])
  })

  test('hands over the error of the provider, once, and leaves no timer', async () => {
    const { clock, provider, calls } = fly()
    await settled()
    const error = new Error('no')
    await provider.run(0).fail(error)
    clock.advance(60 * seconds)
    expect([calls, clock.pendingTimers]).toEqual([[error], 0])
  })

  test('hands over what the provider throws instead of rejecting', async () => {
    const error = new Error('thrown')
    const provider = {
      ...scriptedProvider(),
      provide: (): Promise<Credential> => {
        throw error
      },
    }
    const { calls } = fly({ provider })
    await settled()
    expect(calls).toEqual([error])
  })

  test('fails when its credential cannot be taken', async () => {
    const error = new TypeError('no schedule')
    const onArrived = (): void => {
      throw error
    }
    const { clock, provider, calls, run } = fly({ onArrived })
    await settled()
    await provider.run(0).give(namedCredential('a'))
    await run.landed
    expect([calls, clock.pendingTimers]).toEqual([[error], 0])
  })

  test('fails at the deadline, stops the provider and ignores what it says then', async () => {
    difference('bounded-run')
    const { clock, provider, calls } = fly()
    await settled()
    clock.advance(10 * seconds - 1)
    expect(calls).toEqual([])
    clock.advance(1)
    expect(calls).toMatchObject([
      {
        code: 'ERR_RENEWAL_DEADLINE',
        message: 'scripted plugin: gave no credential within 10 s and was stopped',
        hint: 'the deadline is an option',
      },
    ])
    const { signal } = provider.run(0).request
    expect([signal.aborted, signal.reason]).toEqual([true, calls[0]])
    await provider.run(0).give(namedCredential('late'))
    expect([calls.length, clock.pendingTimers]).toEqual([1, 0])
  })

  test('calls nobody once it is cancelled, and stops the provider', async () => {
    const { clock, provider, calls, run } = fly()
    await settled()
    run.cancel('closed')
    run.cancel('again')
    expect(provider.run(0).request.signal.reason).toBe('closed')
    clock.advance(60 * seconds)
    await provider.run(0).fail(new Error('stopped'))
    expect([calls, clock.pendingTimers]).toEqual([[], 0])
  })

  test('never asks the provider when it is cancelled at once', async () => {
    const { provider, calls, run } = fly()
    run.cancel('closed')
    await run.landed
    expect([provider.runs.length, calls]).toEqual([0, []])
  })

  test('has landed when the provider has let go, however it ended', async () => {
    const { clock, provider, run } = fly()
    let landed = false
    void run.landed.then(() => {
      landed = true
    })
    await settled()
    clock.advance(10 * seconds)
    await settled()
    expect(landed).toBe(false)
    await provider.run(0).fail(new Error('stopped'))
    expect(landed).toBe(true)
  })

  test('tells how long it has been under way', () => {
    const { clock, run } = fly()
    clock.advance(1500)
    expect(run.durationMs).toBe(1500)
  })

  test('holds the process only while it is told to', () => {
    const { clock, run } = fly()
    const seen = [clock.heldTimers]
    for (const wanted of [true, true, false]) {
      run.hold(wanted)
      seen.push(clock.heldTimers)
    }
    expect(seen).toEqual([0, 1, 1, 0])
  })
})
