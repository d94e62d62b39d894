import { elementsOf, membersOf, parseJson, textOf } from './json-shape.ts'

/** The claims of a JSON Web Token, which nobody has checked; none when it is no such token. */
export function claimsOf(token: string): Readonly<Record<string, unknown>> {
  const payload = token.split('.')[1] ?? ''
  return membersOf(parseJson(Buffer.from(payload, 'base64url').toString('utf8')))
}

/** What any JSON Web Token may say, by RFC 7519. Nobody has checked it. */
export interface RegisteredClaims {
  /** '' when it does not say, as `subject` and `id`. */
  readonly issuer: string
  readonly subject: string
  readonly audiences: readonly string[]
  /** Seconds since the epoch; undefined when it does not say. */
  readonly issuedAt: number | undefined
  readonly notBefore: number | undefined
  readonly expiresAt: number | undefined
  /** `jti`. */
  readonly id: string
}

/** An object that a token names. */
export interface NamedObject {
  readonly name: string
  /** '' when it is not given. */
  readonly uid: string
}

/** What a ServiceAccount's token says of itself. Nobody has checked it. */
export interface ServiceAccountClaims extends RegisteredClaims {
  readonly namespace: string
  readonly serviceAccount: NamedObject
  /** The objects that it is bound to, by kind: a Pod's token names its Node, too. */
  readonly bound: readonly (NamedObject & { readonly kind: 'Pod' | 'Secret' | 'Node' })[]
  /**
   * Until when the server lets it pass without a warning, seconds since the epoch, where it was given a
   * longer life than was asked for.
   */
  readonly warnAfter: number | undefined
}

/** The claims that any token may have. */
export function registeredClaims(claims: ReturnType<typeof claimsOf>): RegisteredClaims {
  const audiences = claims['aud']
  return {
    issuer: textOf(claims['iss']),
    subject: textOf(claims['sub']),
    audiences: typeof audiences === 'string' ? [audiences] : elementsOf(audiences).map(textOf),
    issuedAt: secondsOf(claims['iat']),
    notBefore: secondsOf(claims['nbf']),
    expiresAt: secondsOf(claims['exp']),
    id: textOf(claims['jti']),
  }
}

/** What a ServiceAccount's token says of itself; undefined when it is none. */
export function serviceAccountClaims(token: string): ServiceAccountClaims | undefined {
  const claims = claimsOf(token)
  const own = membersOf(claims['kubernetes.io'] ?? ofSecret(claims))
  const serviceAccount = named(own['serviceaccount'])
  if (serviceAccount === undefined) return undefined
  return {
    ...registeredClaims(claims),
    namespace: textOf(own['namespace']),
    serviceAccount,
    bound: (['Pod', 'Secret', 'Node'] as const).flatMap((kind) => {
      const object = named(own[kind.toLowerCase()])
      return object === undefined ? [] : [{ kind, ...object }]
    }),
    warnAfter: secondsOf(own['warnafter']),
  }
}

/** The claims of a token that stands in a Secret, which are older, in the form of today's. */
function ofSecret(claims: ReturnType<typeof claimsOf>): unknown {
  const claim = (name: string): unknown => claims[`kubernetes.io/serviceaccount/${name}`]
  return {
    namespace: claim('namespace'),
    serviceaccount: { name: claim('service-account.name'), uid: claim('service-account.uid') },
    secret: { name: claim('secret.name') },
  }
}

function named(value: unknown): NamedObject | undefined {
  const { name, uid } = membersOf(value)
  return textOf(name) === '' ? undefined : { name: textOf(name), uid: textOf(uid) }
}

// As many as a Date can hold; what is more is no time.
const mostSeconds = 8.64e12

function secondsOf(value: unknown): number | undefined {
  return typeof value === 'number' && Math.abs(value) <= mostSeconds ? value : undefined
}
