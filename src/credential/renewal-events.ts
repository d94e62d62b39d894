import { KubecredError, messageOf } from '../errors/kubecred-error.ts'
import { publish, type RenewalReason } from '../events/channels.ts'
import type { Credential } from './credential.ts'

/** A renewal that has ended, as its events tell it. */
export interface EndedRenewal {
  readonly source: string
  readonly reason: RenewalReason
  readonly durationMs: number
}

/** Publishes that a source holds `after` now, where it held `before`. */
export function publishRenewed(
  renewal: EndedRenewal,
  before: Credential | undefined,
  after: Credential | undefined,
): void {
  publish('kubecred:credential:renewed', () => ({
    ...renewal,
    changed: whatChanged(before, after),
    expiresAt: after?.expiresAt,
  }))
}

/** Publishes that a source asked its provider in vain. */
export function publishFailed(
  renewal: EndedRenewal,
  error: unknown,
  then: { readonly usable: boolean; readonly retryInMs: number },
): void {
  publish('kubecred:credential:failed', () => ({
    ...renewal,
    errorCode: error instanceof KubecredError ? error.code : undefined,
    message: messageOf(error),
    ...then,
  }))
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
