import {
  authMethod,
  shareOfLife,
  type AuthConfig,
  type ConnectionConfig,
  type Credential,
  type Secret,
} from '../doors/index.ts'

/** A credential and where it comes from, as `-o json` prints it; times are RFC 3339 in UTC. */
export interface CredentialDescription {
  readonly source: CredentialOrigin
  /** The kubeconfigs. */
  readonly files: readonly string[]
  readonly context: string
  readonly cluster: string
  readonly user: string
  readonly namespace: string
  readonly server: string
  /** `[redacted]` unless secrets were asked for; missing when there is none. */
  readonly token?: string
  readonly username?: string
  readonly password?: string
  readonly clientCertificate?: CertificateDescription
  readonly expiresAt?: string
  /** When a program that keeps it fresh would renew it. */
  readonly renewalDueAt?: string
}

/** What gave the credential. */
export type CredentialOrigin =
  | { readonly kind: 'exec'; readonly command: string }
  | { readonly kind: 'token-file'; readonly path: string }
  | { readonly kind: 'token' | 'basic' | 'certificate' | 'none' }

/** A client certificate with its key. */
export interface CertificateDescription {
  readonly subject: string
  readonly notBefore: string
  readonly notAfter: string
  readonly certificatePem: string
  readonly privateKeyPem: string
}

/** Describes a credential; secrets only when `showSecrets` says so. */
export function describeCredential(
  credential: Credential,
  { auth, server, files, context, cluster, user, namespace }: ConnectionConfig,
  { now, showSecrets }: { readonly now: number; readonly showSecrets: boolean },
): CredentialDescription {
  const { token, certificate } = credential
  const shown = (secret: Secret): string => (showSecrets ? secret.reveal() : String(secret))
  const origin = originOf(auth)
  return {
    source: origin,
    files,
    context,
    cluster,
    user,
    namespace,
    server: server.url,
    ...(token === undefined ? {} : { token: shown(token) }),
    ...(origin.kind === 'basic' ? { username: auth.username } : {}),
    ...(origin.kind === 'basic' && auth.password ? { password: shown(auth.password) } : {}),
    ...(certificate === undefined
      ? {}
      : {
          clientCertificate: {
            subject: certificate.subject,
            notBefore: rfc3339(certificate.notBefore),
            notAfter: rfc3339(certificate.notAfter),
            certificatePem: certificate.certificatePem,
            privateKeyPem: shown(certificate.privateKeyPem),
          },
        }),
    ...lifeOf(credential, origin, now),
  }
}

/** A time as Kubernetes writes it, in whole seconds. */
export function rfc3339(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/u, 'Z')
}

function originOf(auth: AuthConfig): CredentialOrigin {
  const method = authMethod(auth)
  if (method === 'exec') return { kind: 'exec', command: auth.exec?.command ?? '' }
  if (method === 'token-file') return { kind: 'token-file', path: auth.tokenFile }
  return { kind: method }
}

function lifeOf(
  credential: Credential,
  { kind }: CredentialOrigin,
  now: number,
): Pick<CredentialDescription, 'expiresAt' | 'renewalDueAt'> {
  // For what stands in files the credential's end only says when they are read again.
  const end = kind === 'exec' ? credential.expiresAt : credential.certificate?.notAfter
  if (end === undefined) return {}
  if (kind !== 'exec') return { expiresAt: rfc3339(end) }
  const { dueAt } = shareOfLife(renewedAfterShare)(credential, now)
  return { expiresAt: rfc3339(end), renewalDueAt: rfc3339(dueAt) }
}

// What a source does when nobody says otherwise.
const renewedAfterShare = 0.8
