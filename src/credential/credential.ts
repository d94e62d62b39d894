import { createHmac, randomBytes } from 'node:crypto'

import type { ClientCertificate } from './client-certificate.ts'
import { headerValue } from './header-value.ts'
import { Secret } from './secret.ts'

/** What a client shows a server: a token, a certificate, or both, with one end. */
export interface Credential {
  /** Bearer token. */
  readonly token: Secret | undefined
  /** TLS client certificate with its key. */
  readonly certificate: ClientCertificate | undefined
  /** The whole `Authorization` header that goes with it; undefined for a certificate alone. */
  readonly authorization: Secret | undefined
  /**
   * When it ends, milliseconds since the epoch: the earlier of what the provider said and the
   * certificate's `notAfter`. Undefined when neither gives an end.
   */
  readonly expiresAt: number | undefined
  /** Tells two credentials apart within this process; safe to log. */
  readonly fingerprint: string
}

/** What {@link createCredential} makes a credential of; every part may be missing. */
export interface CredentialParts {
  /** Bearer token, sent as it stands. */
  readonly token?: string | undefined
  /** User and password for HTTP basic authentication; a token wins over it. */
  readonly basic?: { readonly username: string; readonly password: string } | undefined
  readonly certificate?: ClientCertificate | undefined
  /** The end that the provider gave, milliseconds since the epoch. */
  readonly expiresAt?: number | undefined
}

/**
 * Makes a frozen {@link Credential}. No parts at all make the anonymous one.
 *
 * @throws {@link KubecredError} `ERR_CREDENTIAL_INVALID` for a token that cannot stand in a header.
 */
export function createCredential(parts: CredentialParts): Credential {
  const { certificate } = parts
  const token = parts.token === '' ? undefined : parts.token
  const authorization = authorizationOf(token, parts.basic)
  return Object.freeze({
    token: token === undefined ? undefined : new Secret(token),
    certificate,
    authorization: authorization === undefined ? undefined : new Secret(authorization),
    expiresAt: earlier(parts.expiresAt, certificate?.notAfter),
    fingerprint: fingerprintOf(authorization, certificate),
  })
}

function authorizationOf(
  token: string | undefined,
  basic: CredentialParts['basic'],
): string | undefined {
  if (token !== undefined) return bearer(token)
  if (basic === undefined) return undefined
  const pair = Buffer.from(`${basic.username}:${basic.password}`, 'utf8').toString('base64')
  return `Basic ${pair}`
}

/**
 * The `Authorization` header for a bearer token.
 *
 * @throws {@link KubecredError} `ERR_CREDENTIAL_INVALID` for a token that cannot stand in a header.
 */
export function bearer(token: string): string {
  return headerValue(`Bearer ${token}`, 'Authorization')
}

function earlier(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return Math.min(a, b)
}

// A plain hash in a log would let a weak password be guessed; this one means nothing elsewhere.
const fingerprintKey = randomBytes(32)

/** What tells a credential with this header and certificate from others within this process. */
export function fingerprintOf(
  authorization: string | undefined,
  certificate: ClientCertificate | undefined,
): string {
  const hash = createHmac('sha256', fingerprintKey)
  hash.update(authorization ?? '')
  hash.update('\0')
  hash.update(certificate?.fingerprint ?? '')
  return hash.digest('hex')
}
