import { describe, expect, test } from 'vitest'

import { PluginWatch } from '../../soak/plugin-watch.ts'

const watch = (): PluginWatch => new PluginWatch('undici', { windowMs: 5000, mostFailures: 2 })

describe('the watch over plugins', () => {
  test('has nothing against runs one after the other', () => {
    const watched = watch()
    const runs = watched.follow()
    for (let at = 0; at < 5; at++) {
      expect([runs.started(), runs.ended(true, at)]).toEqual([undefined, undefined])
    }
    expect([watched.runs, watched.failed]).toEqual([5, 0])
  })

  test('tells of two at once', () => {
    const runs = watch().follow()
    runs.started()
    expect(runs.started()).toBe('plugin of undici runs 2 times at once')
  })

  test('tells of more failures than a cooldown permits, until enough time has passed', () => {
    const runs = watch().follow()
    const fail = (at: number): string | undefined => runs.started() ?? runs.ended(false, at)
    expect([fail(0), fail(1000)]).toEqual([undefined, undefined])
    expect(fail(2000)).toBe('plugin of undici failed 3 times in 5 s')
    expect(fail(9000)).toBeUndefined()
  })

  test('forgives when the clock was set, and forgets what a process ran that has gone', () => {
    const watched = watch()
    watched.follow().started()
    const runs = watched.follow()
    expect(runs.started()).toBeUndefined()
    watched.forgive(0)
    for (const at of [1, 2, 3, 4]) expect(runs.ended(false, at)).toBeUndefined()
  })
})
