import { createCredential, type Credential } from '../../src/credential/credential.ts'
import type { CredentialProvider, ProvideRequest } from '../../src/credential/provider.ts'
import { Renewer } from '../../src/credential/renewer.ts'
import type { RenewerOptions } from '../../src/credential/renewer-options.ts'
import { createFakeClock, type FakeClock } from '../../src/testing/fake-clock.ts'
import { plantedSecret } from '../../scripts/suite/planted-secret.ts'

export const seconds = 1000

/** One call of a provider, which answers when the test says so. */
export interface ScriptedRun {
  readonly request: ProvideRequest
  give(credential: Credential): Promise<void>
  fail(error: unknown): Promise<void>
}

/** A provider whose every run the test answers by hand. */
export interface ScriptedProvider extends CredentialProvider {
  readonly runs: readonly ScriptedRun[]
  /** The run with this number, counted from 0; fails when there is none. */
  run(number: number): ScriptedRun
}

export function scriptedProvider(runsAhead = true): ScriptedProvider {
  const runs: ScriptedRun[] = []
  return {
    name: 'scripted plugin',
    runsAhead,
    runs,
    run(number) {
      const run = runs[number]
      if (run === undefined) throw new Error(`the provider ran ${runs.length} times only`)
      return run
    },
    provide(request) {
      const { promise, resolve, reject } = Promise.withResolvers<Credential>()
      runs.push({
        request,
        give: async (credential) => {
          resolve(credential)
          await settled()
        },
        fail: async (error) => {
          reject(error)
          await settled()
        },
      })
      return promise
    },
  }
}

/** A renewer whose provider, clock and jitter are in the hands of the test. */
export interface Stage {
  readonly clock: FakeClock
  readonly provider: ScriptedProvider
  readonly renewer: Renewer
  /** A credential of this name that ends so many milliseconds from now; never, when not given. */
  credential(name: string, lifeMs?: number): Credential
  /** Asks for a credential and has the first run give this one. */
  start(name: string, lifeMs?: number): Promise<Credential>
}

export function stage(options: RenewerOptions & { readonly runsAhead?: boolean } = {}): Stage {
  const { runsAhead, ...renewerOptions } = options
  const clock = createFakeClock()
  const provider = scriptedProvider(runsAhead)
  const renewer = new Renewer(provider, { clock, random: () => 0, ...renewerOptions })
  const credential = (name: string, lifeMs?: number): Credential => {
    const expiresAt = lifeMs === undefined ? undefined : clock.now() + lifeMs
    return namedCredential(name, expiresAt)
  }
  return {
    clock,
    provider,
    renewer,
    credential,
    async start(name, lifeMs) {
      const asked = renewer.get()
      await settled()
      await provider.run(0).give(credential(name, lifeMs))
      return await asked
    },
  }
}

/** A token credential that {@link nameOf} knows by its name. */
export function namedCredential(name: string, expiresAt?: number): Credential {
  return createCredential({ token: `${plantedSecret}-${name}`, expiresAt })
}

/** Name of a credential of this file; tests compare names, so that no token is ever printed. */
export function nameOf(credential: Credential | undefined): string | undefined {
  return credential?.token?.reveal().slice(plantedSecret.length + 1)
}

/** Lets everything happen that can happen without time passing. */
export async function settled(): Promise<void> {
  await new Promise<void>((resolve) => {
    setImmediate(resolve)
  })
}

/** What became of a promise: the credential's name, or the error; 'pending' so far. */
export function outcomeOf(promise: Promise<Credential>): { value: unknown } {
  const outcome: { value: unknown } = { value: 'pending' }
  promise.then(
    (credential) => {
      outcome.value = nameOf(credential)
    },
    (error: unknown) => {
      outcome.value = error
    },
  )
  return outcome
}
