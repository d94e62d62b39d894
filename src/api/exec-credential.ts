import type { ExecApiVersion } from './exec-config.ts'

/** Kind of the object that a plugin prints. */
export const execCredentialKind = 'ExecCredential'

/** The object that a plugin prints on standard output. */
export interface ExecCredential {
  readonly kind: typeof execCredentialKind
  readonly apiVersion: ExecApiVersion
  readonly status: ExecCredentialStatus
}

/** The credential itself: a token, a certificate with its key, or both. */
export interface ExecCredentialStatus {
  /** Bearer token, sent as it stands. */
  readonly token?: string | undefined
  /** Client certificate and any intermediates, PEM. */
  readonly clientCertificateData?: string | undefined
  /** Private key of the certificate, PEM. */
  readonly clientKeyData?: string | undefined
  /** End of the credential, RFC 3339; without it the credential has no end of its own. */
  readonly expirationTimestamp?: string | undefined
}
