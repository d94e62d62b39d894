import { describe, expect, test } from 'vitest'

import { nameOf, outcomeOf, seconds, settled, stage } from './scripted-provider.ts'

const closed = { code: 'ERR_CLOSED', message: 'scripted plugin: the credential source is closed' }

describe('close()', () => {
  test('turns away those who wait, and stops the provider', async () => {
    const { clock, provider, renewer } = stage()
    const outcomes = [renewer.get(), renewer.renew()].map(outcomeOf)
    await settled()
    const closing = renewer.close()
    await settled()
    expect(outcomes.map(({ value }) => value)).toMatchObject([closed, closed])
    expect(provider.run(0).request.signal.reason).toMatchObject(closed)
    await provider.run(0).fail(new Error('stopped'))
    await closing
    expect(clock.pendingTimers).toBe(0)
  })

  test('turns away those who come later, and forgets the credential', async () => {
    const { provider, renewer, start } = stage()
    const first = await start('a')
    await renewer.close()
    expect(renewer.current()).toBeUndefined()
    await expect(renewer.get()).rejects.toMatchObject(closed)
    await expect(renewer.renew()).rejects.toMatchObject(closed)
    await expect(renewer.rejected(first)).rejects.toMatchObject(closed)
    await settled()
    expect(provider.runs).toHaveLength(1)
  })

  test('keeps a provider from being asked at all, when it comes in the same breath', async () => {
    const { provider, renewer } = stage()
    const outcome = outcomeOf(renewer.get())
    await renewer.close()
    await settled()
    expect([provider.runs.length, outcome.value]).toMatchObject([0, closed])
  })

  test('waits until the provider has let go', async () => {
    const { clock, provider, renewer } = stage()
    const outcome = outcomeOf(renewer.get())
    await settled()
    let done = false
    const closing = renewer.close().then(() => {
      done = true
    })
    clock.advance(4999)
    await settled()
    expect([done, clock.heldTimers]).toEqual([false, 1])
    await provider.run(0).fail(new Error('stopped'))
    await closing
    expect([done, clock.pendingTimers]).toEqual([true, 0])
    expect(outcome.value).toMatchObject(closed)
  })

  test('does not wait longer than 5 s for a provider that never lets go', async () => {
    const { clock, renewer } = stage()
    const outcome = outcomeOf(renewer.get())
    await settled()
    const closing = renewer.close()
    clock.advance(5000)
    await closing
    expect(clock.pendingTimers).toBe(0)
    expect(outcome.value).toMatchObject(closed)
  })

  test('waits also for a provider that was stopped at its deadline', async () => {
    const { clock, provider, renewer } = stage()
    const outcome = outcomeOf(renewer.get())
    await settled()
    clock.advance(300 * seconds)
    await settled()
    expect(outcome.value).toMatchObject({ code: 'ERR_RENEWAL_DEADLINE' })
    expect(clock.pendingTimers).toBe(0)
    let done = false
    const closing = renewer.close().then(() => {
      done = true
    })
    await settled()
    expect(done).toBe(false)
    await provider.run(0).fail(new Error('stopped'))
    await closing
    expect(done).toBe(true)
  })

  test('can be called again, and waits again', async () => {
    const { provider, renewer } = stage()
    const outcome = outcomeOf(renewer.get())
    await settled()
    const closings = [renewer.close(), renewer.close(), renewer[Symbol.asyncDispose]()]
    await provider.run(0).fail(new Error('stopped'))
    await Promise.all(closings)
    await renewer.close()
    expect(outcome.value).toMatchObject(closed)
  })

  test('is at once for a renewer that was never used, and sets no timer', async () => {
    const { clock, renewer } = stage()
    const closing = renewer.close()
    expect(clock.pendingTimers).toBe(0)
    await closing
    expect(renewer.current()).toBeUndefined()
  })

  test('comes with the end of an "await using" block', async () => {
    const { renewer, start } = stage()
    await start('a')
    {
      await using source = renewer
      expect(nameOf(source.current())).toBe('a')
    }
    expect(renewer.current()).toBeUndefined()
  })
})

describe('a renewal', () => {
  test('holds the process exactly while somebody waits for it', async () => {
    const { clock, provider, renewer, credential } = stage()
    const [first, second] = [new AbortController(), new AbortController()]
    const seen: number[] = []
    const note = (): void => void seen.push(clock.heldTimers)
    const outcomes = [outcomeOf(renewer.get({ signal: first.signal }))]
    note()
    outcomes.push(outcomeOf(renewer.get({ signal: second.signal })))
    first.abort('1')
    note()
    second.abort('2')
    note()
    outcomes.push(outcomeOf(renewer.get()))
    note()
    await settled()
    await provider.run(0).give(credential('a'))
    note()
    expect(seen).toEqual([1, 1, 0, 1, 0])
    expect(outcomes.map(({ value }) => value)).toEqual(['1', '2', 'a'])
  })

  test('holds it for those who wait for the next one, when the last one has just failed', async () => {
    const { clock, provider, renewer, credential } = stage()
    const failing = renewer.get()
    const next = failing.catch(async () => await renewer.renew())
    await settled()
    await provider.run(0).fail(new Error('no'))
    expect(clock.heldTimers).toBe(1)
    await provider.run(1).give(credential('a'))
    expect(nameOf(await next)).toBe('a')
    expect(clock.pendingTimers).toBe(0)
  })
})
