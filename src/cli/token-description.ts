import {
  claimsOf,
  registeredClaims,
  serviceAccountClaims,
  type NamedObject,
  type RegisteredClaims,
  type ServiceAccountClaims,
} from '../api/service-account-claims.ts'
import { latestRenewal } from '../doors/token.ts'
import { rfc3339 } from './credential-description.ts'
import { usernameIn } from './token-claims.ts'

/** What a token says of itself, as `token inspect -o json` prints it; times are RFC 3339 in UTC. */
export interface TokenDescription {
  /** Whose it is. */
  readonly kind: 'ServiceAccount' | 'other'
  readonly issuer?: string
  readonly subject?: string
  /** A name that people know, where it is no ServiceAccount's. */
  readonly username?: string
  readonly audiences: readonly string[]
  readonly namespace?: string
  readonly serviceAccount?: ObjectDescription
  /** The objects whose end ends it; missing when it is no ServiceAccount's. */
  readonly bound?: readonly (ObjectDescription & { readonly kind: string })[]
  readonly id?: string
  readonly issuedAt?: string
  readonly notBefore?: string
  /** Missing when it has no end. */
  readonly expiresAt?: string
  readonly expired: boolean
  /** Until when the server lets it pass without a warning, where it lives longer than was asked for. */
  readonly warnAfter?: string
  /** When the kubelet would renew it at the latest. */
  readonly renewalDueAt?: string
}

/** An object that a token names. */
export interface ObjectDescription {
  readonly name: string
  readonly uid?: string
}

/** Describes a JSON Web Token, of which nothing is checked. Neither it nor its signature is in there. */
export function describeToken(token: string, now: number): TokenDescription {
  const claims = serviceAccountClaims(token)
  if (claims !== undefined) return ofServiceAccount(claims, now)
  const plain = claimsOf(token)
  const username = usernameIn(plain)
  const registered = registeredClaims(plain)
  return {
    kind: 'other',
    ...holderOf(registered),
    ...(username === '' ? {} : { username }),
    audiences: registered.audiences,
    ...lifeOf(registered, now),
  }
}

function ofServiceAccount(claims: ServiceAccountClaims, now: number): TokenDescription {
  const { audiences, namespace, serviceAccount, bound, warnAfter } = claims
  return {
    kind: 'ServiceAccount',
    ...holderOf(claims),
    audiences,
    namespace,
    serviceAccount: objectOf(serviceAccount),
    bound: bound.map((object) => ({ kind: object.kind, ...objectOf(object) })),
    ...lifeOf(claims, now),
    ...(warnAfter === undefined ? {} : { warnAfter: timeOf(warnAfter) }),
    ...renewalOf(claims),
  }
}

function holderOf({
  issuer,
  subject,
}: RegisteredClaims): Pick<TokenDescription, 'issuer' | 'subject'> {
  return { ...(issuer === '' ? {} : { issuer }), ...(subject === '' ? {} : { subject }) }
}

function objectOf({ name, uid }: NamedObject): ObjectDescription {
  return uid === '' ? { name } : { name, uid }
}

type Life = Pick<TokenDescription, 'id' | 'issuedAt' | 'notBefore' | 'expiresAt' | 'expired'>

function lifeOf({ id, issuedAt, notBefore, expiresAt }: RegisteredClaims, now: number): Life {
  return {
    ...(id === '' ? {} : { id }),
    ...(issuedAt === undefined ? {} : { issuedAt: timeOf(issuedAt) }),
    ...(notBefore === undefined ? {} : { notBefore: timeOf(notBefore) }),
    ...(expiresAt === undefined ? {} : { expiresAt: timeOf(expiresAt) }),
    expired: expiresAt !== undefined && expiresAt * 1000 <= now,
  }
}

/** What was asked for counts, not the longer life that the server gave. */
function renewalOf({
  issuedAt,
  expiresAt,
  warnAfter,
}: ServiceAccountClaims): Pick<TokenDescription, 'renewalDueAt'> {
  const end = warnAfter ?? expiresAt
  if (issuedAt === undefined || end === undefined) return {}
  const granted = { expiresAt: end * 1000, expirationSeconds: end - issuedAt }
  return { renewalDueAt: rfc3339(latestRenewal(granted)) }
}

function timeOf(seconds: number): string {
  return rfc3339(seconds * 1000)
}
