import type { Changes } from './changes.ts'
import type { Clock } from './clock.ts'
import { withCooldown } from './cooling-error.ts'
import { CredentialIterator } from './credential-iterator.ts'
import type { Credential } from './credential.ts'
import { instantOf } from './instant.ts'
import { nextLook } from './next-look.ts'
import type { RenewalRules } from './renewal-rules.ts'
import type { RenewalState } from './renewal-state.ts'
import type { CredentialSource } from './source.ts'

/** What a reader of a source looks at. */
export interface Readable {
  readonly source: Pick<CredentialSource, 'get'>
  readonly state: () => RenewalState
  readonly rules: RenewalRules
  readonly changes: Changes<Credential>
  readonly clock: Clock
}

/** What the source has, one after the other, as long as it is open. */
export function readCredentials(
  readable: Readable,
  signal: AbortSignal | undefined,
): AsyncIterableIterator<Credential> {
  return new CredentialIterator((last, own) => nextCredential(readable, last, own), signal)
}

/**
 * The credential of a source, or the next one while it is still `last`; undefined when it is closed.
 *
 * @throws What the provider failed with, once nothing usable is left; the reason of the signal.
 */
async function nextCredential(
  { source, state, rules, changes, clock }: Readable,
  last: Credential | undefined,
  signal: AbortSignal | undefined,
): Promise<Credential | undefined> {
  try {
    for (;;) {
      const seen = changes.count
      const credential = await source.get({ signal })
      if (credential.fingerprint !== last?.fingerprint) return credential
      await changes.wait(seen, nextLook(state(), instantOf(clock), rules), clock, signal)
    }
  } catch (error) {
    if (state().closed) return undefined
    throw withCooldown(error, state().cooldown, instantOf(clock))
  }
}
