import { describe, expect, test } from 'vitest'

import type { Credential } from '../../src/credential/credential.ts'
import { KubecredError } from '../../src/errors/kubecred-error.ts'
import type { CredentialSource } from '../../src/credential/source.ts'
import { nameOf, namedCredential, seconds, settled, stage } from './scripted-provider.ts'

const no = new Error('no')

/** Reads a source to its end; the names that came, and then how it ended. */
function read(credentials: AsyncIterable<Credential>): unknown[] {
  const seen: unknown[] = []
  const reading = async (): Promise<void> => {
    for await (const credential of credentials) seen.push(nameOf(credential))
  }
  reading().then(
    () => seen.push('end'),
    (error: unknown) => seen.push(error),
  )
  return seen
}

describe('iterating a source', () => {
  test('gives the first credential, and each new one, which it has renewed itself', async () => {
    const { clock, provider, renewer, credential } = stage()
    const seen = read(renewer)
    await settled()
    expect([provider.run(0).request.ahead, clock.heldTimers]).toEqual([false, 1])
    await provider.run(0).give(credential('a', 50 * seconds))
    expect(seen).toEqual(['a'])
    clock.advance(40 * seconds)
    await settled()
    expect(provider.run(1).request).toMatchObject({ reason: 'due', ahead: true })
    await provider.run(1).give(credential('b', 50 * seconds))
    clock.advance(40 * seconds)
    await settled()
    await provider.run(2).give(credential('c', 50 * seconds))
    expect(seen).toEqual(['a', 'b', 'c'])
    expect(provider.runs).toHaveLength(3)
    await renewer.close()
    await settled()
    expect([seen, clock.pendingTimers]).toEqual([['a', 'b', 'c', 'end'], 0])
  })

  test('adds to what a source promises only what its owner needs', () => {
    const { renewer } = stage()
    const promised = ['close', 'constructor', 'credentials', 'current', 'get', 'held', 'inUse']
    const methods = Object.getOwnPropertyNames(Object.getPrototypeOf(renewer)).toSorted()
    expect(methods).toEqual([
      ...promised,
      'isVacant',
      'name',
      'onChange',
      'rejected',
      'renew',
      'withdraw',
    ])
  })

  test('gives what others have renewed', async () => {
    const { clock, provider, renewer, credential, start } = stage()
    const first = await start('a', 5000 * seconds)
    const seen = read(renewer)
    await settled()
    const renewing = renewer.renew()
    await settled()
    await provider.run(1).give(credential('b', 5000 * seconds))
    await renewing
    const rejecting = renewer.rejected(await renewer.get())
    await settled()
    await provider.run(2).give(credential('c', 5000 * seconds))
    await rejecting
    expect(first).not.toBe(renewer.current())
    expect(seen).toEqual(['a', 'b', 'c'])
    expect(clock.heldTimers).toBe(1)
    await renewer.close()
  })

  test('gives a slow reader the newest, and nothing twice', async () => {
    const { provider, renewer, credential, start } = stage()
    await start('a')
    const reader = renewer.credentials()
    expect(nameOf((await reader.next()).value)).toBe('a')
    for (const [index, name] of ['b', 'c', 'd'].entries()) {
      const renewing = renewer.renew()
      await settled()
      await provider.run(index + 1).give(credential(name))
      await renewing
    }
    expect(nameOf((await reader.next()).value)).toBe('d')
    const renewing = renewer.renew()
    await settled()
    let came = false
    const next = reader.next().then((result) => {
      came = true
      return result
    })
    await provider.run(4).give(namedCredential('d'))
    await renewing
    await settled()
    expect(came).toBe(false)
    await reader.return?.()
    expect(await next).toEqual({ done: true, value: undefined })
    await renewer.close()
  })

  test('tells whom a failure ends when the provider is asked again', async () => {
    const { clock, provider, renewer } = stage()
    const refused = new KubecredError('ERR_EXEC_FAILED', 'exec: no')
    const seen = read(renewer)
    await settled()
    await provider.run(0).fail(refused)
    expect(seen).toMatchObject([{ code: 'ERR_EXEC_FAILED', details: { retryInMs: 1000 } }])
    clock.advance(400)
    const early = read(renewer)
    await settled()
    expect(early).toMatchObject([{ code: 'ERR_EXEC_FAILED', details: { retryInMs: 600 } }])
    expect(provider.runs).toHaveLength(1)
  })

  test('tries again what failed ahead of need, and throws when nothing good is left', async () => {
    const { clock, provider, renewer, start } = stage()
    await start('a', 10 * seconds)
    const seen = read(renewer)
    let failed = 1
    for (let tick = 0; tick < 130; tick += 1) {
      await settled()
      if (provider.runs.length > failed) await provider.run(failed++).fail(no)
      clock.advance(100)
    }
    // At 8 s and a second later ahead of need, and at the end for whoever waits.
    expect(provider.runs.map(({ request }) => request.ahead)).toEqual([false, true, true, false])
    expect(seen).toEqual(['a', no])
    expect(clock.pendingTimers).toBe(0)
  })

  test('can begin again after it threw', async () => {
    const { clock, provider, renewer, credential } = stage()
    const failing = read(renewer)
    await settled()
    await provider.run(0).fail(no)
    const early = read(renewer)
    await settled()
    expect([failing, early]).toEqual([[no], [no]])
    clock.advance(1 * seconds)
    const seen = read(renewer)
    await settled()
    await provider.run(1).give(credential('a'))
    expect(seen).toEqual(['a'])
    await renewer.close()
  })

  test('lets a provider prompt that is never run ahead, at the end and not before', async () => {
    const { clock, provider, renewer, credential, start } = stage({ runsAhead: false })
    await start('a', 10 * seconds)
    const seen = read(renewer)
    await settled()
    clock.advance(10 * seconds)
    await settled()
    expect(provider.runs).toHaveLength(1)
    clock.advance(1)
    await settled()
    expect(provider.run(1).request).toMatchObject({ reason: 'expired', ahead: false })
    await provider.run(1).give(credential('b'))
    expect(seen).toEqual(['a', 'b'])
    await renewer.close()
  })

  test('notices within a minute that the machine has slept', async () => {
    const { clock, provider, renewer, credential, start } = stage()
    await start('a', 3600 * seconds)
    const seen = read(renewer)
    await settled()
    clock.sleep(8 * 3600 * seconds)
    clock.advance(60 * seconds)
    await settled()
    await provider.run(1).give(credential('b', 3600 * seconds))
    expect(seen).toEqual(['a', 'b'])
    await renewer.close()
  })

  test('ends with the reason of its signal', async () => {
    const { clock, renewer, start } = stage()
    await start('a', 100 * seconds)
    const controller = new AbortController()
    const seen = read(renewer.credentials({ signal: controller.signal }))
    await settled()
    controller.abort('enough')
    await settled()
    expect([seen, clock.pendingTimers]).toEqual([['a', 'enough'], 0])
    const late = read(renewer.credentials({ signal: controller.signal }))
    await settled()
    expect(late).toEqual(['enough'])
  })

  test('ends with a break, and leaves nothing behind', async () => {
    const { clock, renewer, start } = stage()
    await start('a', 100 * seconds)
    for await (const credential of renewer) {
      expect(nameOf(credential)).toBe('a')
      break
    }
    expect(clock.pendingTimers).toBe(0)
  })

  test('ends at once for whoever waits when it is returned, and for good', async () => {
    const { clock, renewer, start } = stage()
    await start('a', 100 * seconds)
    const reader = renewer.credentials()
    await reader.next()
    const waiting = [reader.next(), reader.next()]
    await settled()
    await reader.return?.()
    const done = { done: true, value: undefined }
    expect(await Promise.all([...waiting, reader.next()])).toEqual([done, done, done])
    expect(clock.pendingTimers).toBe(0)
  })

  test('answers calls of next() one after the other', async () => {
    const { provider, renewer, credential } = stage()
    const reader = renewer.credentials()
    const calls = [reader.next(), reader.next()]
    await settled()
    await provider.run(0).give(credential('a'))
    const renewing = renewer.renew()
    await settled()
    await provider.run(1).give(credential('b'))
    await renewing
    expect((await Promise.all(calls)).map(({ value }) => nameOf(value))).toEqual(['a', 'b'])
    await reader.return?.()
  })

  test.each(Array.from({ length: 12 }, (_, turns) => turns))(
    'misses nothing that happens %d turns after the next one was asked for',
    async (turns) => {
      const { renewer, start } = stage()
      await start('a', 100 * seconds)
      const reader = renewer.credentials()
      await reader.next()
      const next = reader.next()
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve()
      await renewer.close()
      await settled()
      expect(await Promise.race([next, Promise.resolve('still waits')])).toEqual({
        done: true,
        value: undefined,
      })
    },
  )

  test('is over at once where the source is closed', async () => {
    const { renewer } = stage()
    await renewer.close()
    const seen = read(renewer)
    await settled()
    expect(seen).toEqual(['end'])
  })

  test('serves any number of readers with one run', async () => {
    const { provider, renewer, credential } = stage()
    const readers = Array.from({ length: 20 }, () => read(renewer))
    await settled()
    await provider.run(0).give(credential('a', 100 * seconds))
    expect(readers).toEqual(readers.map(() => ['a']))
    expect(provider.runs).toHaveLength(1)
    await renewer.close()
  })
})

test('a source is no promise: awaiting it gives the source, awaiting get() its credential', async () => {
  const { renewer, start } = stage()
  await start('a')
  const source: CredentialSource = renewer
  expect('then' in source).toBe(false)
  expect(await Promise.resolve(source)).toBe(source)
})
