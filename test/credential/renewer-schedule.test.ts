import { describe, expect, test } from 'vitest'

import { createCredential } from '../../src/credential/credential.ts'
import { Renewer } from '../../src/credential/renewer.ts'
import type { RenewerOptions } from '../../src/credential/renewer-options.ts'
import { createFakeClock, type FakeClock } from '../../src/testing/fake-clock.ts'
import { plantedSecret } from '../../scripts/suite/planted-secret.ts'
import { seconds, settled } from './scripted-provider.ts'

const minutes = 60 * seconds
const hours = 60 * minutes

interface Busy {
  readonly clock: FakeClock
  readonly renewer: Renewer
  runs(): number
}

/** A renewer whose provider answers at once, with tokens of a day: so many different ones. */
function busy(different: number, options: RenewerOptions): Busy {
  const clock = createFakeClock()
  const expiresAt = clock.now() + 24 * hours
  let runs = 0
  const provide = async (): Promise<ReturnType<typeof createCredential>> => {
    runs += 1
    const token = `${plantedSecret}-${Math.min(runs, different)}`
    return await Promise.resolve(createCredential({ token, expiresAt }))
  }
  const provider = { name: 'busy', runsAhead: true, provide }
  return { clock, renewer: new Renewer(provider, { clock, ...options }), runs: () => runs }
}

async function askThrough({ clock, renewer }: Busy, times: number, everyMs: number): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    await renewer.get()
    await settled()
    clock.advance(everyMs)
  }
}

describe('a schedule of the program', () => {
  test.each([24 * hours, Infinity])(
    'holds also for a credential that the provider repeats: one of %d ms',
    async (lifeMs) => {
      const ended = (receivedAt: number): number => receivedAt + lifeMs
      const stage = busy(1, {
        schedule: (_, at) => ({ dueAt: at + 10 * minutes, endsAt: ended(at) }),
      })
      await askThrough(stage, 60, minutes)
      expect(stage.runs()).toBe(6)
    },
  )

  test('that is behind its time runs a provider that repeats itself less and less', async () => {
    const { schedule, clock, ...stage } = endingIn(hours)
    await askThrough({ ...stage, clock }, 60, minutes)
    expect(schedule.calls).toBe(stage.runs())
    expect(stage.runs()).toBeLessThan(15)
  })

  test.each<[string, RenewerOptions]>([
    ['is past', { schedule: (_, at) => ({ dueAt: at - 1, endsAt: Infinity }) }],
    ['is now', { schedule: (_, at) => ({ dueAt: at, endsAt: Infinity }) }],
  ])('runs no provider without a pause when its moment %s', async (_, options) => {
    const stage = busy(Infinity, options)
    await askThrough(stage, 100, 0)
    expect(stage.runs()).toBe(1)
    stage.clock.advance(seconds)
    await askThrough(stage, 100, 0)
    expect(stage.runs()).toBe(2)
  })

  test('that gives no life fails the renewal, and leaves the provider alone for a while', async () => {
    const stage = busy(Infinity, { schedule: () => JSON.parse('{}') })
    for (let time = 0; time < 100; time += 1) {
      await expect(stage.renewer.get()).rejects.toThrow(
        new TypeError('"schedule" must give a number as "dueAt": undefined'),
      )
    }
    expect(stage.runs()).toBe(1)
  })

  test('that throws fails the renewal with what it throws', async () => {
    const error = new Error('no schedule')
    const stage = busy(Infinity, {
      schedule: () => {
        throw error
      },
    })
    await expect(stage.renewer.get()).rejects.toBe(error)
  })
})

/** A credential that always ends at the same moment, and is due as soon as it comes. */
function endingIn(ms: number): Busy & { readonly schedule: { calls: number } } {
  const schedule = { calls: 0 }
  const begin = createFakeClock().now()
  const stage = busy(1, {
    schedule: () => {
      schedule.calls += 1
      return { dueAt: begin, endsAt: begin + ms }
    },
  })
  return { ...stage, schedule }
}
