import { X509Certificate, randomBytes } from 'node:crypto'

import type { Clock } from '../credential/clock.ts'
import { fingerprintOf, type FakeUser, type KnownCredentials } from './authenticate.ts'
import type { CertificateAuthority, IssuedCertificate, KeyType } from './certificate-authority.ts'

/** Whom a credential is for, and for how long. */
export interface CredentialRequest {
  /** Default: `alice`. */
  readonly user?: string
  /** Default: none. */
  readonly groups?: readonly string[]
  /** Milliseconds; negative for a credential that has ended already. Default: an hour. */
  readonly lifetimeMs?: number
}

/** What {@link CredentialDesk.issueCertificate} takes. */
export interface CertificateRequest extends CredentialRequest {
  /** Default: `ec`. */
  readonly keyType?: KeyType
}

/** A bearer token with its end. */
export interface IssuedToken {
  readonly token: string
  readonly expiresAt: Date
}

interface KnownToken {
  readonly user: FakeUser
  /** Milliseconds since the epoch; `Infinity` for a token that came with the options. */
  readonly endsAt: number
  /** Whether what it depends on is still there. */
  readonly isGood: () => boolean
}

const hour = 60 * 60 * 1000

/** Issues and revokes the credentials of a fake API server, and recognises them. */
export class CredentialDesk implements KnownCredentials {
  readonly clientAuthority: X509Certificate
  readonly #authority: CertificateAuthority
  readonly #clock: Clock
  readonly #tokens = new Map<string, KnownToken>()
  readonly #seen = new Set<string>()
  readonly #revoked = new Set<string>()

  constructor(authority: CertificateAuthority, clock: Clock) {
    this.#authority = authority
    this.#clock = clock
    this.clientAuthority = new X509Certificate(authority.certificatePem)
  }

  addToken(
    token: string,
    user: FakeUser,
    endsAt: number = Infinity,
    isGood: () => boolean = () => true,
  ): void {
    this.#tokens.set(token, { user, endsAt, isGood })
  }

  issueToken(request: CredentialRequest = {}): IssuedToken {
    const { user: name = 'alice', groups = [], lifetimeMs = hour } = request
    const token = `fake-${name.replaceAll(/[^\w.-]/gu, '_')}.${randomBytes(24).toString('base64url')}`
    const endsAt = endOf(this.#clock.now(), lifetimeMs)
    this.addToken(token, { name, groups: [...groups] }, endsAt)
    return { token, expiresAt: new Date(endsAt) }
  }

  /** Dates in a certificate are whole seconds: its end is rounded up. */
  issueCertificate(request: CertificateRequest = {}): IssuedCertificate {
    const { user = 'alice', groups = [], lifetimeMs = hour, keyType = 'ec' } = request
    const now = this.#clock.now()
    const issued = this.#authority.issue({
      commonName: user,
      organizations: groups,
      usage: 'client',
      keyType,
      // As cluster signers do, so that a client whose clock is behind can use it at once.
      notBefore: new Date(now - 5 * 60 * 1000),
      notAfter: new Date(Math.ceil(endOf(now, lifetimeMs) / 1000) * 1000),
    })
    this.#seen.add(issued.fingerprint)
    return issued
  }

  /** Takes note of a certificate that a client showed, so that it can be revoked with all others. */
  see(certificate: X509Certificate): void {
    this.#seen.add(fingerprintOf(certificate))
  }

  revoke(what: string): void {
    if (what === 'all') {
      this.#tokens.clear()
      for (const fingerprint of this.#seen) this.#revoked.add(fingerprint)
    } else if (!this.#tokens.delete(what)) {
      this.#revoked.add(what.replaceAll(':', '').toLowerCase())
    }
  }

  userOfToken(token: string): FakeUser | undefined {
    const known = this.#tokens.get(token)
    if (known === undefined || this.#clock.now() > known.endsAt) return undefined
    return known.isGood() ? known.user : undefined
  }

  isRevoked(fingerprint: string): boolean {
    return this.#revoked.has(fingerprint)
  }
}

function endOf(now: number, lifetimeMs: number): number {
  if (!Number.isFinite(lifetimeMs)) {
    throw new TypeError(`"lifetimeMs" must be a finite number: ${lifetimeMs}`)
  }
  return now + lifetimeMs
}
