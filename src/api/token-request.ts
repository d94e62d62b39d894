import { elementsOf, membersOf, textOf } from './json-shape.ts'
import { parseRfc3339 } from './rfc3339.ts'

/** What a TokenRequest asks for; of each, undefined leaves it out. */
export interface TokenRequestSpec {
  readonly audiences?: readonly string[] | undefined
  readonly expirationSeconds?: number | undefined
  readonly boundObject?:
    | {
        readonly kind?: string | undefined
        readonly apiVersion?: string | undefined
        readonly name?: string | undefined
        readonly uid?: string | undefined
      }
    | undefined
  /** UID that the ServiceAccount must have. */
  readonly serviceAccountUid?: string | undefined
}

/** Where TokenRequests for a ServiceAccount go: a path on the API server. */
export function tokenRequestPath(namespace: string, name: string): string {
  return `${serviceAccountPath(namespace, name)}/token`
}

/** A ServiceAccount's own path on the API server. */
export function serviceAccountPath(namespace: string, name: string): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/serviceaccounts/${encodeURIComponent(name)}`
}

/** A TokenRequest of `authentication.k8s.io/v1` as JSON. */
export function tokenRequestJson({
  audiences,
  expirationSeconds,
  boundObject,
  serviceAccountUid,
}: TokenRequestSpec): string {
  return JSON.stringify({
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    ...(serviceAccountUid === undefined ? {} : { metadata: { uid: serviceAccountUid } }),
    spec: {
      // As Go writes it: the field has no omitempty, and audiences that are not given are null.
      audiences: audiences ?? null,
      ...(expirationSeconds === undefined ? {} : { expirationSeconds }),
      ...(boundObject === undefined ? {} : { boundObjectRef: boundObject }),
    },
  })
}

/** What a server's answer to a TokenRequest says. */
export interface TokenReply {
  readonly token: string
  /** `status.expirationTimestamp`, milliseconds since the epoch. */
  readonly expiresAt: number
  /** Lifetime that was granted, seconds; undefined when it does not say. */
  readonly expirationSeconds: number | undefined
  readonly audiences: readonly string[]
  /** `metadata.uid`, the ServiceAccount's, which servers give from 1.34 on. */
  readonly serviceAccountUid: string | undefined
}

/**
 * Reads a TokenRequest that came back.
 *
 * @returns What is wrong with it, in words that show nothing of it, when it gives no token.
 */
export function readTokenReply(
  object: unknown,
): { readonly reply: TokenReply } | { readonly problem: string } {
  const { kind, metadata, spec, status } = membersOf(object)
  if (kind !== 'TokenRequest') return { problem: 'the answer is no TokenRequest' }
  const { audiences, expirationSeconds } = membersOf(spec)
  const { token, expirationTimestamp } = membersOf(status)
  if (textOf(token) === '') return { problem: 'status.token is missing' }
  const expiresAt = parseRfc3339(textOf(expirationTimestamp))
  if (expiresAt === undefined) return { problem: 'status.expirationTimestamp is no time' }
  const isNumber = Number.isSafeInteger(expirationSeconds) && Number(expirationSeconds) > 0
  const uid = textOf(membersOf(metadata)['uid'])
  return {
    reply: {
      token: textOf(token),
      expiresAt,
      expirationSeconds: isNumber ? Number(expirationSeconds) : undefined,
      audiences: elementsOf(audiences).map(textOf),
      serviceAccountUid: uid === '' ? undefined : uid,
    },
  }
}

/** What to do about a TokenRequest that was refused with this status code; undefined when nobody knows. */
export function tokenRefusalHint(statusCode: number): string | undefined {
  return hints.get(statusCode)
}

const hints: ReadonlyMap<number, string> = new Map([
  [401, 'the credential that asks is not taken; see what it is with kubecred whoami'],
  [
    403,
    'whoever asks needs the verb "create" on "serviceaccounts/token" in that namespace; see who it is with kubecred whoami',
  ],
])
