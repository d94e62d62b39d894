import { createHash, type X509Certificate } from 'node:crypto'

/** Whom the API server takes a client for. */
export interface FakeUser {
  readonly name: string
  readonly groups: readonly string[]
  readonly uid?: string
  /** What else is known, as a SelfSubjectReview shows it. */
  readonly extra?: Readonly<Record<string, readonly string[]>>
}

/** What a client shows to be recognised. */
export interface Evidence {
  readonly clientCertificate: X509Certificate | undefined
  /** Whether TLS itself found the certificate good. */
  readonly clientTrusted: boolean
  /** The `Authorization` header. */
  readonly authorization: string | undefined
}

/** What the server knows of credentials. */
export interface KnownCredentials {
  userOfToken(token: string): FakeUser | undefined
  isRevoked(fingerprint: string): boolean
  readonly clientAuthority: X509Certificate
}

/** Who it is; `nobody` showed nothing, `invalid` showed something that does not count. */
export type Recognition = FakeUser | 'nobody' | 'invalid'

/**
 * Recognises a client as kube-apiserver does: the certificate is asked before the token, and either
 * of them is enough, even when the other is worthless.
 */
export function authenticate(
  evidence: Evidence,
  known: KnownCredentials,
  now: number,
): Recognition {
  const byCertificate = byClientCertificate(evidence, known, now)
  if (typeof byCertificate === 'object') return byCertificate
  const byToken = byBearerToken(evidence.authorization, known)
  if (typeof byToken === 'object') return byToken
  return byCertificate === 'invalid' || byToken === 'invalid' ? 'invalid' : 'nobody'
}

/** SHA-256 of a certificate, hexadecimal in lower case. */
export function fingerprintOf({ raw }: X509Certificate): string {
  return createHash('sha256').update(raw).digest('hex')
}

const clientAuthUsage = '1.3.6.1.5.5.7.3.2'

function byClientCertificate(
  { clientCertificate, clientTrusted }: Evidence,
  known: KnownCredentials,
  now: number,
): Recognition {
  if (clientCertificate === undefined) return 'nobody'
  const { validFromDate, validToDate } = clientCertificate
  const fingerprint = fingerprintOf(clientCertificate)
  if (known.isRevoked(fingerprint)) return 'invalid'
  if (now < validFromDate.getTime() || now > validToDate.getTime()) return 'invalid'
  if (!servesClients(clientCertificate)) return 'invalid'
  // Not every version of Node shows a server the intermediates, so a chain is left to TLS. It goes
  // by the real time; a certificate straight from the authority is good by the server's clock.
  if (!isSignedBy(clientCertificate, known.clientAuthority) && !clientTrusted) return 'invalid'
  const { CN, O } = clientCertificate.toLegacyObject().subject
  const [name] = [CN ?? []].flat()
  // Without a name there is no user, and no error either: other evidence may still count.
  if (name === undefined || name === '') return 'nobody'
  const extra = { 'authentication.kubernetes.io/credential-id': [`X509SHA256=${fingerprint}`] }
  return { name, groups: [O ?? []].flat(), extra }
}

// As Go's x509 has it, a certificate that names no usage is good for any; Node has undefined for it.
function servesClients({ keyUsage }: { readonly keyUsage?: readonly string[] }): boolean {
  return keyUsage === undefined || keyUsage.includes(clientAuthUsage)
}

function isSignedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)
}

function byBearerToken(authorization: string | undefined, known: KnownCredentials): Recognition {
  const [scheme = '', token = ''] = (authorization ?? '').trim().split(' ')
  if (scheme.toLowerCase() !== 'bearer' || token === '') return 'nobody'
  return known.userOfToken(token) ?? 'invalid'
}
