import { describe, expect, test } from 'vitest'

import { KubecredError } from '../../src/errors/kubecred-error.ts'
import { difference } from '../differences.ts'
import { nameOf, outcomeOf, seconds, settled, stage } from './scripted-provider.ts'

const rejection = { statusCode: 401, headers: { 'www-authenticate': 'Bearer' } }

describe('rejected()', () => {
  test('gets the next credential with one run, however many say so', async () => {
    const { provider, renewer, credential, start } = stage()
    const first = await start('a', 100 * seconds)
    const asking = Array.from({ length: 100 }, () => renewer.rejected(first, { rejection }))
    await settled()
    expect(provider.runs).toHaveLength(2)
    expect(provider.run(1).request).toMatchObject({ reason: 'rejected', ahead: false, rejection })
    await provider.run(1).give(credential('b', 100 * seconds))
    expect(new Set((await Promise.all(asking)).map(nameOf))).toEqual(new Set(['b']))
    expect(nameOf(await renewer.rejected(first))).toBe('b')
    expect(provider.runs).toHaveLength(2)
  })

  test('keeps the rejected one back until the run has ended', async () => {
    const { provider, renewer, credential, start } = stage()
    const asking = renewer.rejected(await start('a', 100 * seconds))
    expect(renewer.current()).toBeUndefined()
    const other = outcomeOf(renewer.get())
    await settled()
    expect(other.value).toBe('pending')
    await provider.run(1).give(credential('b'))
    expect([nameOf(await asking), other.value]).toEqual(['b', 'b'])
  })

  test('keeps it back also when a run on request was under way', async () => {
    const { provider, renewer, credential, start } = stage()
    const first = await start('a', 100 * seconds)
    const renewing = renewer.renew()
    const asking = renewer.rejected(first)
    expect(renewer.current()).toBeUndefined()
    await settled()
    expect(provider.runs).toHaveLength(2)
    await provider.run(1).give(credential('b'))
    expect([nameOf(await renewing), nameOf(await asking)]).toEqual(['b', 'b'])
  })

  test('has nothing to run for a credential that is not the current one', async () => {
    const { provider, renewer, credential, start } = stage()
    await start('a', 100 * seconds)
    expect(nameOf(await renewer.rejected(credential('older')))).toBe('a')
    await settled()
    expect(provider.runs).toHaveLength(1)
  })

  test('gives the old one when the renewal fails, and leaves the provider alone for a while', async () => {
    const { clock, provider, renewer, start } = stage()
    const first = await start('a', 100 * seconds)
    const asking = renewer.rejected(first)
    await settled()
    await provider.run(1).fail(new Error('no'))
    expect(await asking).toBe(first)
    expect(renewer.current()).toBe(first)
    clock.advance(999)
    expect(await renewer.rejected(first)).toBe(first)
    await settled()
    expect(provider.runs).toHaveLength(2)
    clock.advance(1)
    const again = outcomeOf(renewer.rejected(first))
    await settled()
    expect([provider.runs.length, again.value]).toEqual([3, 'pending'])
  })

  test('throws when the old one has ended before the renewal failed', async () => {
    const { clock, provider, renewer, start } = stage()
    const first = await start('a', 100 * seconds)
    const outcome = outcomeOf(renewer.rejected(first))
    await settled()
    clock.advance(101 * seconds)
    const error = new KubecredError('ERR_EXEC_FAILED', 'exec: no')
    await provider.run(1).fail(error)
    expect(outcome.value).toBe(error)
    await expect(renewer.rejected(first)).rejects.toMatchObject({
      code: 'ERR_EXEC_FAILED',
      details: { retryInMs: 1000 },
    })
  })

  test('tells the run that takes the place of a failed run ahead what the server answered', async () => {
    const { clock, provider, renewer, credential, start } = stage()
    const first = await start('a', 100 * seconds)
    clock.advance(80 * seconds)
    renewer.current()
    const asking = renewer.rejected(first, { rejection })
    await settled()
    expect(provider.run(1).request).toMatchObject({ reason: 'due', rejection: undefined })
    await provider.run(1).fail(new Error('may not prompt'))
    expect(provider.run(2).request).toMatchObject({ reason: 'rejected', ahead: false, rejection })
    await provider.run(2).give(credential('b'))
    expect(nameOf(await asking)).toBe('b')
  })

  test('runs the provider once a cooldown when the server rejects whatever it gets', async () => {
    const { clock, provider, renewer, credential, start } = stage()
    let current = await start('0', 10_000 * seconds)
    const runsAt: number[] = []
    const began = clock.now()
    for (let tick = 0; tick < 1200; tick += 1) {
      const asking = renewer.rejected(current)
      await settled()
      if (provider.runs.length > runsAt.length + 1) {
        runsAt.push((clock.now() - began) / seconds)
        await provider.run(runsAt.length).give(credential(`${runsAt.length}`, 10_000 * seconds))
      }
      current = await asking
      clock.advance(100)
    }
    expect(runsAt).toEqual([0, 1, 3, 7, 15, 31, 61, 91])
  })

  test('counts on when each new one is rejected as soon as it comes, however seldom', async () => {
    difference('rejected-row')
    const { clock, provider, renewer, credential, start } = stage()
    let current = await start('0', 10_000 * seconds)
    const runsAt: number[] = []
    const heldBack: boolean[] = []
    const began = clock.now()
    // A request each 5 s: it is sent again with what came, and rejected again at once.
    for (let tick = 0; tick < 36; tick += 1) {
      const asking = renewer.rejected(current)
      await settled()
      if (provider.runs.length > runsAt.length + 1) {
        runsAt.push((clock.now() - began) / seconds)
        await provider.run(runsAt.length).give(credential(`${runsAt.length}`, 10_000 * seconds))
        clock.advance(20)
        const next = await asking
        heldBack.push((await renewer.rejected(next)) === next)
      }
      current = await asking
      clock.advance(5 * seconds - 20)
    }
    expect(heldBack).not.toContain(false)
    expect(runsAt.map((at) => 5 * Math.round(at / 5))).toEqual([0, 5, 10, 15, 25, 45, 80, 115, 150])
  })

  test('begins to count anew when the one that is rejected had served for a while', async () => {
    const { clock, provider, renewer, credential, start } = stage()
    let current = await start('0', 10_000 * seconds)
    for (let run = 1; run <= 20; run += 1) {
      const asking = renewer.rejected(current)
      await settled()
      await provider.run(run).give(credential(`${run}`, 10_000 * seconds))
      current = await asking
      expect(nameOf(current)).toBe(`${run}`)
      // Longer than the first step of a cooldown, and shorter than a second one would be.
      clock.advance(1500)
    }
  })

  test('does so also after a row, whose cooldown is over then', async () => {
    const { clock, provider, renewer, credential, start } = stage()
    let current = await start('0', 10_000 * seconds)
    const runsAt: number[] = []
    const began = clock.now()
    for (let tick = 0; tick < 1200; tick += 1) {
      // The server takes nothing in the first 40 s, and from then on each for 20 s.
      const sinceLast = clock.now() - began - (runsAt.at(-1) ?? 0) * seconds
      const rejects = tick < 400 || sinceLast >= 20 * seconds
      const asking = rejects ? renewer.rejected(current) : renewer.get()
      await settled()
      if (provider.runs.length > runsAt.length + 1) {
        runsAt.push((clock.now() - began) / seconds)
        await provider.run(runsAt.length).give(credential(`${runsAt.length}`, 10_000 * seconds))
      }
      current = await asking
      clock.advance(100)
    }
    expect(runsAt).toEqual([0, 1, 3, 7, 15, 31, 61, 81, 101])
  })

  test('takes no repetition of a rejected one for one that served', async () => {
    const { clock, provider, renewer, start } = stage()
    const first = await start('a', 10_000 * seconds)
    clock.advance(3600 * seconds)
    const runsAt: number[] = []
    const began = clock.now()
    for (let tick = 0; tick < 20; tick += 1) {
      const asking = renewer.rejected(first)
      await settled()
      if (provider.runs.length > runsAt.length + 1) {
        runsAt.push((clock.now() - began) / seconds)
        await provider.run(runsAt.length).give(first)
      }
      expect(await asking).toBe(first)
      clock.advance(2 * seconds)
    }
    expect(runsAt).toEqual([0, 2, 4, 8, 16, 32])
  })

  test('runs the provider once a cooldown when it only repeats itself', async () => {
    const { clock, provider, renewer, start } = stage()
    const first = await start('a', 1000 * seconds)
    const asking = renewer.rejected(first)
    await settled()
    await provider.run(1).give(first)
    expect(await asking).toBe(first)
    expect(await renewer.rejected(first)).toBe(first)
    expect(provider.runs).toHaveLength(2)
    clock.advance(1000)
    const again = renewer.rejected(first)
    await settled()
    await provider.run(2).give(first)
    expect(await again).toBe(first)
  })

  test('detaches a caller whose signal is aborted, and counts all the same', async () => {
    const { provider, renewer, start } = stage()
    const first = await start('a', 100 * seconds)
    const signal = AbortSignal.abort('gone')
    await expect(renewer.rejected(first, { signal })).rejects.toBe('gone')
    await settled()
    expect(provider.run(1).request.reason).toBe('rejected')
  })
})
