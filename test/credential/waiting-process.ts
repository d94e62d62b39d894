import { systemClock } from '../../src/credential/clock.ts'
import { createCredential } from '../../src/credential/credential.ts'
import type { CredentialProvider } from '../../src/credential/provider.ts'
import { Renewer } from '../../src/credential/renewer.ts'

// A program for renewer-process.test.ts: nothing in it holds the process alive but the renewer.

const soonMs = 300

/** Gives a credential after a while when `answers`, and otherwise never lets go. */
function slowProvider(answers: boolean): CredentialProvider {
  return {
    name: 'slow plugin',
    runsAhead: true,
    provide: () =>
      new Promise((resolve) => {
        const answer = (): void => resolve(createCredential({ token: 'anything' }))
        if (answers) setTimeout(answer, soonMs).unref()
      }),
  }
}

const scenes: Record<string, () => Promise<string>> = {
  waits: async () => {
    await new Renewer(slowProvider(true)).get()
    return 'got it'
  },
  aborts: async () => {
    const controller = new AbortController()
    const asking = new Renewer(slowProvider(false)).get({ signal: controller.signal })
    controller.abort('enough')
    return await asking.then(
      () => 'got it',
      (reason: unknown) => `gave up: ${String(reason)}`,
    )
  },
  ahead: async () => {
    const runs: boolean[] = []
    let aheadMs = 0
    const clock = { ...systemClock, now: () => systemClock.now() + aheadMs }
    const renewer = new Renewer(
      {
        ...slowProvider(false),
        provide: async ({ ahead }) => {
          runs.push(ahead)
          if (ahead) return await new Promise(() => undefined)
          return createCredential({ token: 'anything' })
        },
      },
      { clock, schedule: (_, at) => ({ dueAt: at + soonMs, endsAt: at + 3_600_000 }) },
    )
    await renewer.get()
    aheadMs = 60_000
    await renewer.get()
    await Promise.resolve()
    return `runs ahead: ${runs.join()}`
  },
  deadline: async () => {
    const renewer = new Renewer(slowProvider(false), { deadlineMs: soonMs })
    return await renewer.get().then(
      () => 'got it',
      (error: unknown) => String(error),
    )
  },
  iterates: async () => {
    const seen: string[] = []
    let runs = 0
    const renewer = new Renewer(
      {
        ...slowProvider(true),
        provide: async () =>
          createCredential({ token: `${++runs}`, expiresAt: Date.now() + 10 * soonMs }),
      },
      { cooldown: { firstMs: 10, maxMs: 10 }, renewAhead: 0.1 },
    )
    for await (const { token } of renewer) if (seen.push(token?.reveal() ?? '') === 2) break
    return seen.join()
  },
  idle: async () => {
    const renewer = new Renewer(slowProvider(true), {
      renewWhenIdle: true,
      schedule: (_credential, receivedAt) => ({ dueAt: receivedAt + soonMs, endsAt: Infinity }),
    })
    await renewer.get()
    return 'got it'
  },
  closes: async () => {
    const renewer = new Renewer(slowProvider(true))
    const asking = renewer.get().then(
      () => 'got it',
      (error: unknown) => String(error),
    )
    // The provider is asked a step later, and lets go only when its time has come.
    await Promise.resolve()
    await Promise.resolve()
    await renewer.close()
    return await asking
  },
}

const scene = scenes[process.argv[2] ?? '']
if (scene === undefined) throw new Error('no such scene')
process.stdout.write(`${await scene()}\n`)
