import { segmentProblems } from '../api/path-segment.ts'
import { sharedList } from './shared-list.ts'

/** The object whose end ends a token, as `spec.boundObjectRef` of a TokenRequest names it. */
export interface BoundObjectReference {
  /** `Pod`, `Secret` or `Node`. */
  readonly kind?: string | undefined
  readonly apiVersion?: string | undefined
  readonly name?: string | undefined
  /** The server answers 409 when the object of this name has another one. */
  readonly uid?: string | undefined
}

/** What a token is wanted for. */
export interface ServiceAccountTokenRequest {
  readonly namespace: string
  /** Name of the ServiceAccount. */
  readonly name: string
  /**
   * Whom the token is meant for, in this order. Not given is not the same as none: both mean the API server
   * itself, and are cached apart, as the kubelet does it. Default: not given.
   */
  readonly audiences?: readonly string[] | undefined
  /**
   * Wanted lifetime, seconds; API servers take 600 to 2^32 and may grant less. 0 is the same as not given, as in
   * the kubelet's key. Default: the server's, an hour.
   */
  readonly expirationSeconds?: number | undefined
  readonly boundObject?: BoundObjectReference | undefined
  /** UID that the ServiceAccount must have: no token of one that was recreated under its name is given. */
  readonly serviceAccountUid?: string | undefined
}

/** What a token is wanted for, checked and copied: what the caller changes afterwards is nothing to it. */
export type TokenSubject = Readonly<ServiceAccountTokenRequest>

/**
 * A checked, frozen copy of what somebody asks for.
 *
 * @param last One that was made before: if its audiences are the same, both share one list.
 * @throws TypeError for what can be in no request: it names the field.
 */
export function tokenSubject(
  request: ServiceAccountTokenRequest,
  last?: TokenSubject,
): TokenSubject {
  const { audiences, expirationSeconds, boundObject, serviceAccountUid } = request
  if (
    expirationSeconds !== undefined &&
    !(Number.isSafeInteger(expirationSeconds) && expirationSeconds >= 0)
  )
    throw new TypeError(
      `"expirationSeconds" must be a whole number from 0 up: ${String(expirationSeconds)}`,
    )
  if (audiences !== undefined && !Array.isArray(audiences))
    throw new TypeError(`"audiences" must be a list of texts: ${typeof audiences}`)
  return Object.freeze({
    namespace: pathSegment('namespace', request.namespace),
    name: pathSegment('name', request.name),
    audiences:
      audiences &&
      sharedList(
        audiences.map((audience, index) => text(`audiences[${index}]`, audience)),
        last?.audiences,
      ),
    expirationSeconds: expirationSeconds === 0 ? undefined : expirationSeconds,
    boundObject: boundObject && boundObjectReference(boundObject),
    serviceAccountUid: givenText('serviceAccountUid', serviceAccountUid),
  })
}

function boundObjectReference(reference: BoundObjectReference): BoundObjectReference | undefined {
  const given = {
    kind: givenText('boundObject.kind', reference.kind),
    apiVersion: givenText('boundObject.apiVersion', reference.apiVersion),
    name: givenText('boundObject.name', reference.name),
    uid: givenText('boundObject.uid', reference.uid),
  }
  const isEmpty = Object.values(given).every((part) => part === undefined)
  return isEmpty ? undefined : Object.freeze(given)
}

/** A name that becomes part of a path on the server, by the rules of Kubernetes for such names. */
function pathSegment(field: string, value: unknown): string {
  const name = text(field, value)
  const why = name === '' ? 'must not be empty' : segmentProblems(name)[0]
  if (why === undefined) return name
  throw new TypeError(`"${field}" ${why}: ${JSON.stringify(name)}`)
}

/** An empty text is one that is not given, as 0 is, as in Go: both have one key. */
function givenText(field: string, value: unknown): string | undefined {
  return value === undefined ? undefined : text(field, value) || undefined
}

function text(field: string, value: unknown): string {
  if (typeof value === 'string') return value
  throw new TypeError(`"${field}" must be a text: ${typeof value}`)
}
