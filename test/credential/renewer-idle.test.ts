import { describe, expect, test } from 'vitest'

import { nameOf, outcomeOf, seconds, settled, stage, type Stage } from './scripted-provider.ts'

/** Lets so many seconds pass, one after the other, so that what timers start can begin. */
async function pass({ clock }: Pick<Stage, 'clock'>, count: number): Promise<void> {
  for (let second = 0; second < count; second += 1) {
    clock.advance(seconds)
    await settled()
  }
}

describe('a source that nobody asks', () => {
  test('does nothing by itself', async () => {
    const scene = stage()
    await scene.start('a', 100 * seconds)
    expect(scene.clock.pendingTimers).toBe(0)
    scene.renewer.inUse()
    await pass(scene, 200)
    expect([scene.provider.runs.length, scene.clock.pendingTimers]).toEqual([1, 0])
  })

  test('renews when due where it is asked to, without holding the process', async () => {
    const scene = stage({ renewWhenIdle: true })
    const { clock, provider, renewer, credential } = scene
    expect(clock.pendingTimers).toBe(0)
    await scene.start('a', 100 * seconds)
    await pass(scene, 79)
    expect([provider.runs.length, clock.heldTimers]).toEqual([1, 0])
    await pass(scene, 1)
    expect(provider.run(1).request).toMatchObject({ reason: 'due', ahead: true })
    expect(clock.heldTimers).toBe(0)
    await provider.run(1).give(credential('b', 100 * seconds))
    await pass(scene, 80)
    expect(provider.runs).toHaveLength(3)
    await provider.run(2).give(credential('c', 100 * seconds))
    expect(nameOf(renewer.current())).toBe('c')
  })

  test('renews only while something is in use, where it is asked to do that', async () => {
    const scene = stage({ renewWhenIdle: 'while-in-use' })
    const { clock, provider, renewer, credential } = scene
    await scene.start('a', 100 * seconds)
    expect(clock.pendingTimers).toBe(0)
    const ends = [renewer.inUse(), renewer.inUse()]
    ends[0]?.()
    ends[0]?.()
    await pass(scene, 80)
    expect(provider.runs).toHaveLength(2)
    await provider.run(1).give(credential('b', 100 * seconds))
    ends[1]?.()
    expect(clock.pendingTimers).toBe(0)
    await pass(scene, 200)
    expect(provider.runs).toHaveLength(2)
  })

  test('tries again after each cooldown, and gives up when the credential has ended', async () => {
    const scene = stage({ renewWhenIdle: true })
    const { clock, provider, renewer } = scene
    await scene.start('a', 100 * seconds)
    let failed = 1
    for (let second = 0; second < 600; second += 1) {
      await pass(scene, 1)
      if (provider.runs.length > failed) await provider.run(failed++).fail(new Error('no'))
    }
    // Due at 80 s; then after 1, 2, 4 and 8 s; the next would come after the end.
    expect([failed, clock.pendingTimers]).toEqual([6, 0])
    const asking = outcomeOf(renewer.get())
    await settled()
    expect(provider.run(6).request).toMatchObject({ reason: 'expired', ahead: false })
    expect(asking.value).toBe('pending')
  })

  test('tries once what has ended while the machine slept, without a prompt', async () => {
    const scene = stage({ renewWhenIdle: true })
    const { clock, provider } = scene
    await scene.start('a', 1000 * seconds)
    clock.sleep(8 * 3600 * seconds)
    await pass(scene, 60)
    expect(provider.run(1).request).toMatchObject({ reason: 'expired', ahead: true })
    await provider.run(1).fail(new Error('no network'))
    await pass(scene, 600)
    expect([provider.runs.length, clock.pendingTimers]).toEqual([2, 0])
  })

  test('renews at the end when it may not do so ahead, without a prompt', async () => {
    const scene = stage({ renewWhenIdle: true, renewAhead: false })
    await scene.start('a', 100 * seconds)
    await pass(scene, 100)
    expect(scene.provider.runs).toHaveLength(1)
    await pass(scene, 1)
    expect(scene.provider.run(1).request).toMatchObject({ reason: 'expired', ahead: true })
  })

  test('never runs a provider that always prompts', async () => {
    const scene = stage({ renewWhenIdle: true, runsAhead: false })
    await scene.start('a', 100 * seconds)
    await pass(scene, 300)
    expect([scene.provider.runs.length, scene.clock.pendingTimers]).toEqual([1, 0])
  })

  test('has no timer for a credential without an end, nor after the close', async () => {
    const endless = stage({ renewWhenIdle: true })
    await endless.start('a')
    expect(endless.clock.pendingTimers).toBe(0)
    const closed = stage({ renewWhenIdle: true })
    await closed.start('a', 100 * seconds)
    expect(closed.clock.pendingTimers).toBe(1)
    await closed.renewer.close()
    expect(closed.clock.pendingTimers).toBe(0)
  })

  test('runs a provider whose credentials live for a moment once a second at most', async () => {
    const scene = stage({ renewWhenIdle: true })
    const { clock, provider, credential } = scene
    await scene.start('0', 10)
    let given = 1
    for (let tick = 0; tick < 500; tick += 1) {
      clock.advance(20)
      await settled()
      if (provider.runs.length > given) await provider.run(given).give(credential(`${given++}`, 10))
    }
    expect(given).toBeLessThanOrEqual(11)
  })

  test('lets whoever comes meanwhile have the run, and one that may prompt when it fails', async () => {
    const scene = stage({ renewWhenIdle: true })
    const { clock, provider, renewer, credential } = scene
    await scene.start('a', 1000 * seconds)
    clock.sleep(3600 * seconds)
    await pass(scene, 60)
    const asking = outcomeOf(renewer.get())
    await provider.run(1).fail(new Error('may not prompt'))
    expect(provider.run(2).request).toMatchObject({ reason: 'expired', ahead: false })
    await provider.run(2).give(credential('b'))
    expect(asking.value).toBe('b')
  })
})
