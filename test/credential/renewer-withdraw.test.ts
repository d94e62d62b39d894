import { describe, expect, test } from 'vitest'

import { KubecredError } from '../../src/errors/kubecred-error.ts'
import { nameOf, outcomeOf, seconds, settled, stage } from './scripted-provider.ts'

const minute = 60 * seconds
const any = (): boolean => true

describe('a credential that is withdrawn', () => {
  test('is not handed out again, and the next caller has a new one got', async () => {
    const { provider, renewer, credential, start } = stage()
    await start('a', 10 * minute)
    renewer.withdraw(any)
    expect(renewer.current()).toBeUndefined()
    const asked = outcomeOf(renewer.get())
    await settled()
    expect(provider.run(1).request).toMatchObject({ reason: 'first', ahead: false })
    await provider.run(1).give(credential('b', 10 * minute))
    expect(asked.value).toBe('b')
  })

  test('does not come back when no other can be had', async () => {
    const { provider, renewer, start } = stage()
    await start('a', 10 * minute)
    renewer.withdraw(any)
    const asked = outcomeOf(renewer.get())
    await settled()
    const no = new Error('no')
    await provider.run(1).fail(no)
    expect([asked.value, renewer.current()]).toEqual([no, undefined])
  })

  test('is taken away from its readers, who wait for its successor', async () => {
    const { provider, renewer, credential, start } = stage()
    await start('a', 10 * minute)
    const reader = renewer.credentials()
    expect(nameOf((await reader.next()).value)).toBe('a')
    const next = reader.next()
    await settled()
    expect(provider.runs).toHaveLength(1)
    renewer.withdraw(any)
    await settled()
    await provider.run(1).give(credential('b', 10 * minute))
    expect(nameOf((await next).value)).toBe('b')
  })

  test('is the one that it holds, if that is meant', async () => {
    const { provider, renewer, credential, start } = stage()
    const first = await start('a', 10 * minute)
    const renewing = renewer.renew()
    await settled()
    await provider.run(1).give(credential('b', 10 * minute))
    await renewing
    renewer.withdraw(({ fingerprint }) => fingerprint === first.fingerprint)
    expect(nameOf(renewer.current())).toBe('b')
  })

  test('leaves a renewal that runs, whose answer serves all', async () => {
    const { clock, provider, renewer, credential, start } = stage()
    await start('a', 10 * minute)
    clock.advance(9 * minute)
    expect(nameOf(renewer.current())).toBe('a')
    await settled()
    renewer.withdraw((one) => nameOf(one) === 'a')
    const asked = outcomeOf(renewer.get())
    await settled()
    expect([provider.runs.length, asked.value]).toEqual([2, 'pending'])
    await provider.run(1).give(credential('b', 10 * minute))
    expect(asked.value).toBe('b')
  })

  test('is got once more when it was on its way, and nobody sees it', async () => {
    const { clock, provider, renewer, credential } = stage()
    const asked = outcomeOf(renewer.get())
    await settled()
    // Between the provider's answer and its arrival there is time for news of the kind.
    const given = provider.run(0).give(credential('old', 10 * minute))
    renewer.withdraw((one) => nameOf(one) === 'old')
    await given
    expect([provider.runs.length, asked.value]).toEqual([2, 'pending'])
    await provider.run(1).give(credential('new', 10 * minute))
    expect([asked.value, nameOf(renewer.current())]).toEqual(['new', 'new'])
    expect(clock.pendingTimers).toBe(0)
  })

  test('can be had by a later renewal, which is not bound by that', async () => {
    const { provider, renewer, credential, start } = stage()
    await start('a', 10 * minute)
    renewer.withdraw(any)
    const asked = outcomeOf(renewer.get())
    await settled()
    await provider.run(1).give(credential('a', 10 * minute))
    expect(asked.value).toBe('a')
  })
})

describe('a clock that is set back before the credential was valid', () => {
  test('has it renewed at once, and callers go on with it meanwhile', async () => {
    const validFrom = (expiresAt = 0): number => expiresAt - 10 * minute
    const { clock, provider, renewer, credential, start } = stage({
      schedule: ({ expiresAt = 0 }) => ({
        dueAt: Infinity,
        endsAt: expiresAt,
        validFrom: validFrom(expiresAt),
      }),
    })
    await start('a', 10 * minute)
    clock.advance(minute)
    expect([nameOf(renewer.current()), provider.runs.length]).toEqual(['a', 1])
    clock.set(clock.now() - 2 * minute)
    expect(nameOf(renewer.current())).toBe('a')
    await settled()
    expect(provider.run(1).request).toMatchObject({ reason: 'due', ahead: true })
    await provider.run(1).give(credential('b', 10 * minute))
    expect(nameOf(renewer.current())).toBe('b')
    await settled()
    expect(provider.runs).toHaveLength(2)
  })
})

describe('a provider that asks to be left alone for a while', () => {
  const busy = (retryAfterMs: number): KubecredError =>
    new KubecredError('ERR_CONNECTION', 'too many requests', { details: { retryAfterMs } })

  test.each([
    ['as long as that', 40 * seconds, 40 * seconds],
    ['no shorter than after any failure', 10, seconds],
    ['ten minutes at most', 86_400 * seconds, 10 * minute],
  ])('is left alone %s', async (_, asked, waitMs) => {
    const { clock, provider, renewer } = stage()
    const first = outcomeOf(renewer.get())
    await settled()
    await provider.run(0).fail(busy(asked))
    expect(first.value).toBeInstanceOf(KubecredError)
    clock.advance(waitMs - 1)
    await expect(renewer.get()).rejects.toMatchObject({ details: { retryInMs: 1 } })
    clock.advance(1)
    outcomeOf(renewer.get())
    await settled()
    expect(provider.runs).toHaveLength(2)
  })

  test('is left alone by runs ahead, too', async () => {
    const { clock, provider, renewer, start } = stage()
    await start('a', 10 * minute)
    clock.advance(8 * minute)
    expect(nameOf(renewer.current())).toBe('a')
    await settled()
    await provider.run(1).fail(busy(minute))
    clock.advance(minute - 1)
    expect(nameOf(renewer.current())).toBe('a')
    await settled()
    expect(provider.runs).toHaveLength(2)
    clock.advance(1)
    expect(nameOf(renewer.current())).toBe('a')
    await settled()
    expect(provider.runs).toHaveLength(3)
  })
})
