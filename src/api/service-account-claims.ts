import { elementsOf, membersOf, parseJson, textOf } from './json-shape.ts'

/** The claims of a JSON Web Token, which nobody has checked; none when it is no such token. */
export function claimsOf(token: string): Readonly<Record<string, unknown>> {
  const payload = token.split('.')[1] ?? ''
  return membersOf(parseJson(Buffer.from(payload, 'base64url').toString('utf8')))
}

/** An object that a token names. */
export interface NamedObject {
  readonly name: string
  /** '' when it is not given. */
  readonly uid: string
}

/** What a ServiceAccount's token says of itself. Nobody has checked it. */
export interface ServiceAccountClaims {
  readonly issuer: string
  readonly subject: string
  readonly audiences: readonly string[]
  /** Seconds since the epoch; undefined when it does not say. */
  readonly issuedAt: number | undefined
  readonly notBefore: number | undefined
  readonly expiresAt: number | undefined
  /** `jti`, '' when it has none. */
  readonly id: string
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

/** What a ServiceAccount's token says of itself; undefined when it is none. */
export function serviceAccountClaims(token: string): ServiceAccountClaims | undefined {
  const claims = claimsOf(token)
  const own = membersOf(claims['kubernetes.io'])
  const serviceAccount = named(own['serviceaccount'])
  if (serviceAccount === undefined) return undefined
  const audiences = claims['aud']
  return {
    issuer: textOf(claims['iss']),
    subject: textOf(claims['sub']),
    audiences: typeof audiences === 'string' ? [audiences] : elementsOf(audiences).map(textOf),
    issuedAt: secondsOf(claims['iat']),
    notBefore: secondsOf(claims['nbf']),
    expiresAt: secondsOf(claims['exp']),
    id: textOf(claims['jti']),
    namespace: textOf(own['namespace']),
    serviceAccount,
    bound: (['Pod', 'Secret', 'Node'] as const).flatMap((kind) => {
      const object = named(own[kind.toLowerCase()])
      return object === undefined ? [] : [{ kind, ...object }]
    }),
    warnAfter: secondsOf(own['warnafter']),
  }
}

function named(value: unknown): NamedObject | undefined {
  const { name, uid } = membersOf(value)
  return textOf(name) === '' ? undefined : { name: textOf(name), uid: textOf(uid) }
}

function secondsOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}
