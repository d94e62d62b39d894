import { describe, expect, test } from 'vitest'

import { difference } from '../differences.ts'
import { nameOf, outcomeOf, seconds, settled, stage, type Stage } from './scripted-provider.ts'

const day = 86_400 * seconds
const denied = new Error('denied')

/** Answers the run with this number: with a credential that the issuer's own clock ends in 100 s. */
async function issue({ provider, credential }: Stage, run: number, skewMs = 0): Promise<void> {
  await settled()
  await provider.run(run).give(credential(`${run}`, 100 * seconds - skewMs))
}

/** Asks each 100 ms for so long, and answers whatever runs; the number of runs. */
async function traffic(scene: Stage, forMs: number, skewMs = 0): Promise<number> {
  const { clock, provider, renewer } = scene
  const before = provider.runs.length
  let answered = before
  for (let passed = 0; passed < forMs; passed += 100) {
    if (renewer.current() === undefined) void renewer.get().catch(() => undefined)
    await settled()
    while (answered < provider.runs.length) await issue(scene, answered++, skewMs)
    clock.advance(100)
  }
  return provider.runs.length - before
}

describe('a machine that slept', () => {
  test('hands out no credential that ended meanwhile', async () => {
    const scene = stage()
    const { clock, provider, renewer, start } = scene
    await start('a', 100 * seconds)
    clock.sleep(3600 * seconds)
    expect(renewer.current()).toBeUndefined()
    const asking = Array.from({ length: 100 }, () => renewer.get())
    await issue(scene, 1)
    expect(new Set((await Promise.all(asking)).map(nameOf))).toEqual(new Set(['1']))
    expect(provider.runs).toHaveLength(2)
  })

  test('renews behind its callers what came due meanwhile', async () => {
    const { clock, provider, renewer, start } = stage()
    await start('a', 100 * seconds)
    clock.sleep(90 * seconds)
    expect(nameOf(renewer.current())).toBe('a')
    await settled()
    expect(provider.run(1).request).toMatchObject({ reason: 'due', ahead: true })
  })

  test('tries again at once what had failed before', async () => {
    const { clock, provider, renewer } = stage()
    const failing = outcomeOf(renewer.get())
    await settled()
    await provider.run(0).fail(denied)
    expect(failing.value).toBe(denied)
    clock.sleep(3600 * seconds)
    const again = outcomeOf(renewer.get())
    await settled()
    expect([provider.runs.length, again.value]).toEqual([2, 'pending'])
  })

  test('gives a run the time awake that it had left', async () => {
    const scene = stage()
    const { clock, renewer } = scene
    const outcome = outcomeOf(renewer.get())
    await settled()
    clock.advance(200 * seconds)
    clock.sleep(8 * 3600 * seconds)
    clock.advance(99 * seconds)
    await settled()
    expect(outcome.value).toBe('pending')
    await issue(scene, 0)
    expect(outcome.value).toBe('0')
  })

  test('takes from a run that slept only what is still good', async () => {
    const { clock, provider, renewer, credential } = stage()
    const asking = outcomeOf(renewer.get())
    await settled()
    const before = credential('old', 60 * seconds)
    clock.sleep(3600 * seconds)
    await provider.run(0).give(before)
    // As from client-go, whoever asked for it gets it.
    expect(asking.value).toBe('old')
    expect(renewer.current()).toBeUndefined()
  })
})

describe('a clock that is set back', () => {
  test('lets no credential live for longer than it would have', async () => {
    difference('clock-set-back')
    const scene = stage()
    const { clock, provider, renewer, start } = scene
    await start('a', 100 * seconds)
    clock.set(clock.now() - day)
    expect(nameOf(renewer.current())).toBe('a')
    clock.advance(79 * seconds)
    expect([nameOf(renewer.current()), provider.runs.length]).toEqual(['a', 1])
    clock.advance(1 * seconds)
    expect(nameOf(renewer.current())).toBe('a')
    await settled()
    expect(provider.run(1).request).toMatchObject({ reason: 'due' })
    clock.advance(21 * seconds)
    expect(renewer.current()).toBeUndefined()
  })

  test('runs the provider no more often than otherwise', async () => {
    const scene = stage()
    const { clock, start } = scene
    await start('a', 100 * seconds)
    clock.set(clock.now() - day)
    // Of their life of 100 s, the next ones seem to have a day more.
    expect(await traffic(scene, 400 * seconds, -day)).toBe(1)
  })

  test('neither ends a cooldown, nor makes it longer', async () => {
    const { clock, provider, renewer } = stage()
    const failing = outcomeOf(renewer.get())
    await settled()
    await provider.run(0).fail(denied)
    expect(failing.value).toBe(denied)
    clock.advance(400)
    clock.set(clock.now() - day)
    clock.advance(599)
    await expect(renewer.get()).rejects.toBe(denied)
    clock.advance(1)
    const again = outcomeOf(renewer.get())
    await settled()
    expect([provider.runs.length, again.value]).toEqual([2, 'pending'])
  })
})

describe('a clock that is set forward', () => {
  test('costs one run, when the issuer has the same time', async () => {
    const scene = stage()
    const { clock, start } = scene
    await start('a', 100 * seconds)
    clock.set(clock.now() + day)
    expect(await traffic(scene, 79 * seconds)).toBe(1)
  })

  test('costs one run a cooldown, while for it everything has ended when it comes', async () => {
    const scene = stage()
    const { clock, renewer, start } = scene
    await start('a', 100 * seconds)
    clock.set(clock.now() + day)
    // 1, 2, 4, 8 and 16 s, then each 30 s.
    expect(await traffic(scene, 120 * seconds, day)).toBe(8)
    clock.set(clock.now() - day)
    expect(await traffic(scene, 35 * seconds)).toBe(1)
    expect(nameOf(renewer.current())).toBe('9')
  })
})
