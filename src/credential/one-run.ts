import type { Clock } from './clock.ts'
import type { Credential } from './credential.ts'
import { FlightRun } from './flight.ts'
import { onceAborted } from './leaving.ts'
import type { CredentialProvider } from './provider.ts'

/** What {@link oneRun} needs. */
export interface OneRun {
  readonly provider: CredentialProvider
  readonly deadlineMs: number
  readonly clock: Clock
  readonly signal: AbortSignal | undefined
}

/**
 * What one run of a provider brings, for one caller alone.
 *
 * It keeps the process alive, and is stopped when the caller leaves.
 *
 * @throws What the provider fails with; {@link KubecredError} `ERR_RENEWAL_DEADLINE`; the signal's reason.
 */
export async function oneRun(plan: OneRun): Promise<Credential> {
  const { provider, deadlineMs, clock, signal } = plan
  const { promise, resolve, reject } = Promise.withResolvers<Credential>()
  signal?.throwIfAborted()
  const run = new FlightRun({
    id: 0,
    provider,
    request: { reason: 'first', ahead: false, rejection: undefined },
    deadlineMs,
    clock,
    onArrived: resolve,
    onFailed: reject,
  })
  run.hold(true)
  const stay =
    signal &&
    onceAborted(signal, () => {
      run.cancel(signal.reason)
      reject(signal.reason)
    })
  return await promise.finally(stay)
}
