import { expect, test } from 'vitest'

import { oneRun } from '../../src/credential/one-run.ts'
import { createFakeClock } from '../../src/testing/fake-clock.ts'
import {
  namedCredential,
  outcomeOf,
  scriptedProvider,
  seconds,
  settled,
  type ScriptedProvider,
} from './scripted-provider.ts'

interface Scene {
  readonly clock: ReturnType<typeof createFakeClock>
  readonly provider: ScriptedProvider
  readonly leave: AbortController
  readonly asked: { readonly value: unknown }
}

async function scene(): Promise<Scene> {
  const [clock, provider, leave] = [createFakeClock(), scriptedProvider(), new AbortController()]
  const { signal } = leave
  const asked = outcomeOf(oneRun({ provider, deadlineMs: 10 * seconds, clock, signal }))
  await settled()
  return { clock, provider, leave, asked }
}

test('one run gives what the provider gives, and keeps the process alive until then', async () => {
  const { clock, provider, asked } = await scene()
  expect([clock.heldTimers, asked.value]).toEqual([1, 'pending'])
  await provider.run(0).give(namedCredential('a'))
  expect([asked.value, provider.runs.length, clock.pendingTimers]).toEqual(['a', 1, 0])
})

test('one run fails as the provider does', async () => {
  const { clock, provider, asked } = await scene()
  const error = new Error('no')
  await provider.run(0).fail(error)
  expect([asked.value, clock.pendingTimers]).toEqual([error, 0])
})

test('one run ends at its deadline, and the provider is stopped', async () => {
  const { clock, provider, asked } = await scene()
  clock.advance(10 * seconds)
  await settled()
  expect(asked.value).toMatchObject({ code: 'ERR_RENEWAL_DEADLINE' })
  expect(provider.run(0).request.signal.aborted).toBe(true)
})

test('one run ends with its caller, and the provider is stopped', async () => {
  const { clock, provider, leave, asked } = await scene()
  const gone = new Error('gone')
  leave.abort(gone)
  await settled()
  expect([asked.value, provider.run(0).request.signal.reason, clock.pendingTimers]).toEqual([
    gone,
    gone,
    0,
  ])
})

test('one run does not begin for a caller who has left', async () => {
  const provider = scriptedProvider()
  const signal = AbortSignal.abort('gone')
  const plan = { provider, deadlineMs: seconds, clock: createFakeClock(), signal }
  await expect(oneRun(plan)).rejects.toBe('gone')
  expect(provider.runs).toEqual([])
})
