import { KubecredError, messageOf } from '../errors/kubecred-error.ts'
import { publish, type Validity } from '../events/channels.ts'
import { lastingHint } from './cooling-error.ts'
import type { ClientCertificate } from './client-certificate.ts'
import type { Credential } from './credential.ts'
import type { CredentialProvider } from './provider.ts'
import type { Flight, Outlook } from './renewal-state.ts'

/** A renewal that has ended, as its events tell it. */
export interface EndedRenewal {
  readonly provider: Pick<CredentialProvider, 'name' | 'kind'>
  readonly flight: Pick<Flight, 'reason'>
  readonly run: { readonly durationMs: number }
}

/** Publishes that a source holds `after` now, where it held `before`. */
export function publishRenewed(
  { provider, flight, run }: EndedRenewal,
  before: Credential | undefined,
  after: Credential | undefined,
): void {
  publish('kubecred:credential:renewed', () => {
    const changed = whatChanged(before, after)
    const rotated = changed === 'certificate' || changed === 'both'
    return {
      source: provider.name,
      kind: provider.kind,
      reason: flight.reason,
      changed,
      certificate: validityOf(after?.certificate),
      replaced: rotated ? validityOf(before?.certificate) : undefined,
      durationMs: run.durationMs,
      expiresAt: after?.expiresAt,
    }
  })
}

/** Publishes that a source asked its provider in vain. */
export function publishFailed(
  { provider, flight, run }: EndedRenewal,
  error: unknown,
  then: Outlook,
): void {
  publish('kubecred:credential:failed', () => ({
    source: provider.name,
    reason: flight.reason,
    errorCode: error instanceof KubecredError ? error.code : undefined,
    message: messageOf(error),
    hint: lastingHint(error),
    durationMs: run.durationMs,
    ...then,
  }))
}

function validityOf(certificate: ClientCertificate | undefined): Validity | undefined {
  if (certificate === undefined) return undefined
  const { notBefore, notAfter } = certificate
  return { notBefore, notAfter }
}

function whatChanged(
  before: Credential | undefined,
  after: Credential | undefined,
): 'token' | 'certificate' | 'both' | 'nothing' {
  const token = before?.authorization?.reveal() !== after?.authorization?.reveal()
  const certificate = before?.certificate?.fingerprint !== after?.certificate?.fingerprint
  if (token) return certificate ? 'both' : 'token'
  return certificate ? 'certificate' : 'nothing'
}
