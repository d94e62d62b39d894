import { describe, expect, test } from 'vitest'

import { KubecredError } from '../../src/errors/kubecred-error.ts'
import { Renewer } from '../../src/credential/renewer.ts'
import { difference } from '../differences.ts'
import { nameOf, outcomeOf, seconds, settled, stage } from './scripted-provider.ts'

describe('the first credential', () => {
  test('comes from one run, however many ask for it', async () => {
    const { provider, renewer, credential } = stage()
    const asking = Array.from({ length: 100 }, () => renewer.get())
    await settled()
    expect(provider.runs).toHaveLength(1)
    expect(provider.run(0).request).toMatchObject({ reason: 'first', ahead: false })
    await provider.run(0).give(credential('a'))
    expect(new Set((await Promise.all(asking)).map(nameOf))).toEqual(new Set(['a']))
    expect(provider.runs).toHaveLength(1)
  })

  test('is not got before somebody asks', async () => {
    const { provider, renewer } = stage()
    expect(renewer.current()).toBeUndefined()
    await settled()
    expect(provider.runs).toHaveLength(0)
  })

  test('is named after its provider', () => {
    expect(stage().renewer.name).toBe('scripted plugin')
  })

  test('needs options that can work', () => {
    const { provider } = stage()
    expect(() => new Renewer(provider, { deadlineMs: 0 })).toThrow(TypeError)
  })
})

describe('a fresh credential', () => {
  test('is handed out by current() and get(), without a run', async () => {
    const { clock, provider, renewer, start } = stage()
    const first = await start('a', 100 * seconds)
    clock.advance(79 * seconds)
    expect(renewer.current()).toBe(first)
    expect(await renewer.get()).toBe(first)
    await settled()
    expect(provider.runs).toHaveLength(1)
  })

  test('without an end is never renewed', async () => {
    const { clock, provider, renewer, start } = stage()
    await start('a')
    clock.advance(1e12)
    expect(nameOf(renewer.current())).toBe('a')
    expect(nameOf(await renewer.get())).toBe('a')
    expect(provider.runs).toHaveLength(1)
  })
})

describe('a credential that is due', () => {
  test('is handed out at once, while one run ahead gets the next', async () => {
    difference('renews-ahead')
    const { clock, provider, renewer, credential, start } = stage()
    await start('a', 100 * seconds)
    clock.advance(80 * seconds)
    expect(nameOf(renewer.current())).toBe('a')
    expect(nameOf(await renewer.get())).toBe('a')
    await settled()
    expect(provider.runs).toHaveLength(2)
    expect(provider.run(1).request).toMatchObject({ reason: 'due', ahead: true })
    expect(clock.heldTimers).toBe(0)
    await provider.run(1).give(credential('b', 100 * seconds))
    expect(nameOf(renewer.current())).toBe('b')
  })

  test('is not renewed ahead by a provider that must not be', async () => {
    const { clock, provider, renewer, start } = stage({ runsAhead: false })
    await start('a', 100 * seconds)
    clock.advance(99 * seconds)
    expect(nameOf(renewer.current())).toBe('a')
    expect(nameOf(await renewer.get())).toBe('a')
    await settled()
    expect(provider.runs).toHaveLength(1)
  })

  test('stays when the run ahead fails, which is left alone for a while then', async () => {
    const { clock, provider, renewer, start } = stage()
    await start('a', 100 * seconds)
    clock.advance(80 * seconds)
    renewer.current()
    await settled()
    await provider.run(1).fail(new Error('no'))
    expect(nameOf(await renewer.get())).toBe('a')
    clock.advance(999)
    expect(nameOf(renewer.current())).toBe('a')
    await settled()
    expect(provider.runs).toHaveLength(2)
    clock.advance(1)
    expect(nameOf(renewer.current())).toBe('a')
    await settled()
    expect(provider.runs).toHaveLength(3)
  })

  test('is renewed by a run that may prompt at its end, though runs ahead have just failed', async () => {
    const { clock, provider, renewer, credential, start } = stage()
    await start('a', 100 * seconds)
    clock.advance(100 * seconds)
    renewer.current()
    await settled()
    await provider.run(1).fail(new Error('no'))
    clock.advance(1)
    const asking = renewer.get()
    await settled()
    expect(provider.run(2).request).toMatchObject({ reason: 'expired', ahead: false })
    await provider.run(2).give(credential('b', 100 * seconds))
    expect(nameOf(await asking)).toBe('b')
  })

  test('is renewed for those who joined a run ahead that failed', async () => {
    const { clock, provider, renewer, credential, start } = stage()
    await start('a', 100 * seconds)
    clock.advance(90 * seconds)
    renewer.current()
    await settled()
    clock.advance(11 * seconds)
    const asking = [renewer.get(), renewer.get()]
    await settled()
    expect(provider.runs).toHaveLength(2)
    expect(clock.heldTimers).toBe(1)
    await provider.run(1).fail(new Error('may not prompt'))
    expect(provider.run(2).request).toMatchObject({ reason: 'expired', ahead: false })
    expect(clock.heldTimers).toBe(1)
    await provider.run(2).give(credential('b', 100 * seconds))
    expect((await Promise.all(asking)).map(nameOf)).toEqual(['b', 'b'])
  })

  test('is renewed by the run ahead itself for those who joined it', async () => {
    const { clock, provider, renewer, credential, start } = stage()
    await start('a', 100 * seconds)
    clock.advance(90 * seconds)
    renewer.current()
    clock.advance(11 * seconds)
    const asking = renewer.get()
    await settled()
    await provider.run(1).give(credential('b', 100 * seconds))
    expect(nameOf(await asking)).toBe('b')
    expect(provider.runs).toHaveLength(2)
  })

  test('is not replaced by one that is over already', async () => {
    const { clock, provider, renewer, credential, start } = stage()
    await start('a', 100 * seconds)
    clock.advance(80 * seconds)
    renewer.current()
    await settled()
    await provider.run(1).give(credential('old', -1 * seconds))
    expect(nameOf(renewer.current())).toBe('a')
  })
})

describe('a credential that has ended', () => {
  test('is not handed out, and renewed once for all who ask', async () => {
    const { clock, provider, renewer, credential, start } = stage()
    await start('a', 100 * seconds)
    clock.advance(100 * seconds + 1)
    expect(renewer.current()).toBeUndefined()
    const asking = [renewer.get(), renewer.get(), renewer.get()]
    await settled()
    expect(provider.runs).toHaveLength(2)
    expect(provider.run(1).request).toMatchObject({ reason: 'expired', ahead: false })
    await provider.run(1).give(credential('b', 100 * seconds))
    expect((await Promise.all(asking)).map(nameOf)).toEqual(['b', 'b', 'b'])
  })

  test('is not handed out though its schedule never calls it due', async () => {
    const schedule = (): { dueAt: number; endsAt: number } => ({ dueAt: Infinity, endsAt: end })
    const { clock, renewer, start } = stage({ schedule })
    const end = clock.now() + 100 * seconds
    await start('a')
    clock.advance(100 * seconds)
    expect(nameOf(renewer.current())).toBe('a')
    clock.advance(1)
    expect(renewer.current()).toBeUndefined()
  })

  test('is handed out when the provider has nothing better, to a new run after each cooldown', async () => {
    const { clock, provider, renewer, credential } = stage()
    const asking = renewer.get()
    await settled()
    await provider.run(0).give(credential('stale', -5 * seconds))
    expect(nameOf(await asking)).toBe('stale')
    expect(nameOf(await renewer.get())).toBe('stale')
    expect(renewer.current()).toBeUndefined()
    expect(provider.runs).toHaveLength(1)
    for (const [run, waitMs] of [1000, 2000, 4000].entries()) {
      clock.advance(waitMs - 1)
      expect(nameOf(await renewer.get())).toBe('stale')
      expect(provider.runs).toHaveLength(run + 1)
      clock.advance(1)
      const again = renewer.get()
      await settled()
      await provider.run(run + 1).give(credential('stale', -5 * seconds))
      expect(nameOf(await again)).toBe('stale')
    }
  })
})

describe('a reply that repeats the credential', () => {
  test('brings a later end, and a wait of half of what is left', async () => {
    const { clock, provider, renewer, credential, start } = stage()
    await start('a', 100 * seconds)
    clock.advance(80 * seconds)
    renewer.current()
    await settled()
    await provider.run(1).give(credential('a', 100 * seconds))
    clock.advance(50 * seconds - 1)
    expect(nameOf(renewer.current())).toBe('a')
    await settled()
    expect(provider.runs).toHaveLength(2)
    clock.advance(1)
    expect(nameOf(renewer.current())).toBe('a')
    await settled()
    expect(provider.runs).toHaveLength(3)
  })

  test('with the same end costs few runs until that end', async () => {
    const { clock, provider, renewer, start } = stage()
    const first = await start('a', 100 * seconds)
    for (let second = 0; second < 100; second += 1) {
      clock.advance(1 * seconds)
      renewer.current()
      await settled()
      await provider.runs.at(-1)?.give(first)
    }
    // After 80, 90, 95, 97.5, 98.75 and 99.75 s, on the second; and at the very end.
    expect(provider.runs.length).toBeLessThanOrEqual(8)
  })
})

describe('abort', () => {
  test('detaches its caller only, with the reason of the signal', async () => {
    const { provider, renewer, credential } = stage()
    const controller = new AbortController()
    const leaving = renewer.get({ signal: controller.signal })
    const staying = renewer.get()
    const reason = new Error('user left')
    controller.abort(reason)
    await expect(leaving).rejects.toBe(reason)
    await settled()
    expect(provider.run(0).request.signal.aborted).toBe(false)
    await provider.run(0).give(credential('a'))
    expect(nameOf(await staying)).toBe('a')
  })

  test('of every caller lets the run go on for the next one', async () => {
    const { clock, provider, renewer, credential } = stage()
    const controller = new AbortController()
    const leaving = renewer.get({ signal: controller.signal })
    expect(clock.heldTimers).toBe(1)
    controller.abort()
    expect(clock.heldTimers).toBe(0)
    await expect(leaving).rejects.toMatchObject({ name: 'AbortError' })
    await provider.run(0).give(credential('a'))
    expect(nameOf(renewer.current())).toBe('a')
  })

  test.each(['get', 'renew'] as const)('before %s() starts no run', async (method) => {
    const { provider, renewer } = stage()
    await expect(renewer[method]({ signal: AbortSignal.abort('no') })).rejects.toBe('no')
    await settled()
    expect(provider.runs).toHaveLength(0)
  })
})

describe('the deadline', () => {
  const deadline = { code: 'ERR_RENEWAL_DEADLINE' }

  test('of a run that somebody waits for is five minutes', async () => {
    const { clock, provider, renewer } = stage()
    const outcome = outcomeOf(renewer.get())
    await settled()
    clock.advance(300 * seconds - 1)
    await settled()
    expect(outcome.value).toBe('pending')
    clock.advance(1)
    await settled()
    expect(outcome.value).toMatchObject(deadline)
    const { signal } = provider.run(0).request
    expect([signal.aborted, signal.reason]).toEqual([true, outcome.value])
  })

  test('of a run ahead is one minute, and costs nothing but a cooldown', async () => {
    const { clock, provider, renewer, start } = stage()
    await start('a', 1000 * seconds)
    clock.advance(800 * seconds)
    renewer.current()
    await settled()
    clock.advance(60 * seconds - 1)
    expect(provider.run(1).request.signal.aborted).toBe(false)
    clock.advance(1)
    expect(provider.run(1).request.signal.aborted).toBe(true)
    expect(nameOf(await renewer.get())).toBe('a')
    expect(provider.runs).toHaveLength(2)
  })

  test('is an option', async () => {
    const { clock, renewer } = stage({ deadlineMs: 20 })
    const outcome = outcomeOf(renewer.get())
    clock.advance(20)
    await settled()
    expect(outcome.value).toMatchObject(deadline)
  })

  test('makes a late answer worthless, whether an older or a newer run gave it', async () => {
    const { clock, provider, renewer, credential } = stage()
    const failing = renewer.get()
    await settled()
    clock.advance(300 * seconds)
    await expect(failing).rejects.toMatchObject(deadline)
    await provider.run(0).give(credential('late'))
    expect(renewer.current()).toBeUndefined()
    const asking = renewer.renew()
    await settled()
    await provider.run(1).give(credential('new'))
    expect(nameOf(await asking)).toBe('new')
    expect(nameOf(renewer.current())).toBe('new')
  })
})

describe('a failure', () => {
  async function failing(times: number) {
    const scene = stage()
    for (let run = 0; run < times; run += 1) {
      const outcome = outcomeOf(scene.renewer.renew())
      await settled()
      await scene.provider.run(run).fail(denied)
      expect(outcome.value).toBe(denied)
    }
    return scene
  }
  const denied = new KubecredError('ERR_EXEC_FAILED', 'exec: denied', {
    hint: 'log in',
    details: { exitCode: 3, stderrTail: 'no session' },
  })

  test('reaches everybody who waits, from one run', async () => {
    const { provider, renewer } = stage()
    const outcomes = [renewer.get(), renewer.get()].map(outcomeOf)
    await settled()
    await provider.run(0).fail(denied)
    expect(outcomes.map(({ value }) => value)).toEqual([denied, denied])
    expect(outcomes.every(({ value }) => value === denied)).toBe(true)
    expect(provider.runs).toHaveLength(1)
  })

  test('is what callers get during the cooldown, with the time until the next run', async () => {
    difference('cooldown')
    const { clock, provider, renewer } = await failing(1)
    clock.advance(400)
    const error: unknown = await renewer.get().catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(KubecredError)
    expect(error).toMatchObject({
      code: 'ERR_EXEC_FAILED',
      message: 'exec: denied',
      hint: 'log in; it is tried again in 1 s',
      details: { exitCode: 3, retryInMs: 600, stderrTail: 'no session' },
    })
    expect(error).toHaveProperty('cause', denied)
    expect(provider.runs).toHaveLength(1)
  })

  test('that is no KubecredError is passed on as it is', async () => {
    const { provider, renewer } = stage()
    const foreign = new RangeError('foreign')
    const outcome = outcomeOf(renewer.get())
    await settled()
    await provider.run(0).fail(foreign)
    expect(outcome.value).toBe(foreign)
    await expect(renewer.get()).rejects.toBe(foreign)
  })

  test('of a hundred callers one after the other runs the provider once', async () => {
    const { provider, renewer } = await failing(1)
    const outcomes = await Promise.allSettled(Array.from({ length: 100 }, () => renewer.get()))
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true)
    expect(provider.runs).toHaveLength(1)
  })

  test.each([
    [1, 1000],
    [2, 2000],
    [3, 4000],
    [5, 16_000],
    [6, 30_000],
    [9, 30_000],
  ])('times %d cools down for %d ms', async (times, waitMs) => {
    const { clock, provider, renewer } = await failing(times)
    clock.advance(waitMs - 1)
    await expect(renewer.get()).rejects.toMatchObject({ details: { retryInMs: 1 } })
    clock.advance(1)
    const outcome = outcomeOf(renewer.get())
    await settled()
    expect([provider.runs.length, outcome.value]).toEqual([times + 1, 'pending'])
  })

  test('after a quiet time cools down shortly again', async () => {
    const { clock, provider, renewer } = await failing(3)
    clock.advance(8001)
    const outcome = outcomeOf(renewer.get())
    await settled()
    await provider.run(3).fail(denied)
    expect(outcome.value).toBe(denied)
    await expect(renewer.get()).rejects.toMatchObject({ details: { retryInMs: 1000 } })
  })

  test('cools down with the jitter of its source', async () => {
    const { provider, renewer } = stage({ random: () => 0.5 })
    const outcome = outcomeOf(renewer.get())
    await settled()
    await provider.run(0).fail(denied)
    expect(outcome.value).toBe(denied)
    await expect(renewer.get()).rejects.toMatchObject({ details: { retryInMs: 1100 } })
  })

  test('to take a credential is a failure like another', async () => {
    const broken = new TypeError('no such schedule')
    const schedule = (): never => {
      throw broken
    }
    const { provider, renewer, credential } = stage({ schedule })
    const outcome = outcomeOf(renewer.get())
    await settled()
    await provider.run(0).give(credential('a'))
    expect(outcome.value).toBe(broken)
    expect(renewer.current()).toBeUndefined()
  })
})

describe('renew()', () => {
  test('goes past the cooldown, and ends it when it succeeds', async () => {
    const { provider, renewer, credential } = stage()
    const failing = outcomeOf(renewer.get())
    await settled()
    const error = new Error('no')
    await provider.run(0).fail(error)
    expect(failing.value).toBe(error)
    const renewing = renewer.renew()
    const joining = renewer.get()
    await settled()
    expect(provider.run(1).request).toMatchObject({ reason: 'requested', ahead: false })
    await provider.run(1).give(credential('a'))
    expect([nameOf(await renewing), nameOf(await joining)]).toEqual(['a', 'a'])
    expect(nameOf(renewer.current())).toBe('a')
  })

  test('gets a new one though the old one is fresh, which serves meanwhile', async () => {
    const { provider, renewer, credential, start } = stage()
    await start('a', 100 * seconds)
    const renewing = [renewer.renew(), renewer.renew()]
    await settled()
    expect(provider.runs).toHaveLength(2)
    expect(nameOf(renewer.current())).toBe('a')
    expect(nameOf(await renewer.get())).toBe('a')
    await provider.run(1).give(credential('b', 100 * seconds))
    expect((await Promise.all(renewing)).map(nameOf)).toEqual(['b', 'b'])
  })

  test('throws what the provider failed with, though the old one stays', async () => {
    const { provider, renewer, start } = stage()
    await start('a', 100 * seconds)
    const outcome = outcomeOf(renewer.renew())
    await settled()
    const error = new Error('no')
    await provider.run(1).fail(error)
    expect(outcome.value).toBe(error)
    expect(nameOf(renewer.current())).toBe('a')
  })

  test('does not end with a run ahead that may not prompt', async () => {
    const { clock, provider, renewer, credential, start } = stage()
    await start('a', 100 * seconds)
    clock.advance(80 * seconds)
    renewer.current()
    const renewing = renewer.renew()
    await settled()
    expect(provider.runs).toHaveLength(2)
    await provider.run(1).fail(new Error('may not prompt'))
    expect(provider.run(2).request).toMatchObject({ reason: 'requested', ahead: false })
    await provider.run(2).give(credential('b'))
    expect(nameOf(await renewing)).toBe('b')
  })
})

describe('who listens for changes', () => {
  test('is told of each new credential, and not of one that is the same', async () => {
    const { provider, renewer, credential, start } = stage()
    const told: (string | undefined)[] = []
    const end = renewer.onChange((next) => told.push(nameOf(next)))
    await start('a', 100 * seconds)
    for (const [run, name] of ['a', 'b', 'c'].entries()) {
      const renewing = renewer.renew()
      await settled()
      if (name === 'c') end()
      await provider.run(run + 1).give(credential(name, 100 * seconds))
      await renewing
    }
    expect(told).toEqual(['a', 'b'])
  })

  test('has nothing renewed, and is told no more when the source is closed', async () => {
    const { clock, provider, renewer, credential, start } = stage({
      renewWhenIdle: 'while-in-use',
    })
    const told: (string | undefined)[] = []
    renewer.onChange((next) => told.push(nameOf(next)))
    await start('a', 100 * seconds)
    clock.advance(200 * seconds)
    await settled()
    expect([provider.runs.length, clock.pendingTimers]).toEqual([1, 0])
    const renewing = renewer.renew().catch(() => undefined)
    await settled()
    const closing = renewer.close()
    await provider.run(1).give(credential('b'))
    await Promise.all([renewing, closing])
    expect(told).toEqual(['a'])
  })
})
