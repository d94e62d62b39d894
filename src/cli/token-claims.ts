import { claimsOf, registeredClaims } from '../api/service-account-claims.ts'
import { textOf } from '../api/json-shape.ts'
import type { Secret } from '../doors/index.ts'

/** What a token says about its holder. Nobody has checked it. */
export interface TokenClaims {
  readonly issuer?: string
  readonly subject?: string
  /** A name that people know, where the subject is a number. */
  readonly username?: string
}

/** The claims of a JSON Web Token that are worth showing; undefined when there are none. */
export function tokenClaims(token: Secret | undefined): TokenClaims | undefined {
  const claims = claimsOf(token?.reveal() ?? '')
  const { issuer, subject } = registeredClaims(claims)
  const username = usernameIn(claims)
  if (issuer === '' && subject === '' && username === '') return undefined
  return {
    ...(issuer === '' ? {} : { issuer }),
    ...(subject === '' ? {} : { subject }),
    ...(username === '' ? {} : { username }),
  }
}

/** The name in the claims that people know; '' when there is none. */
export function usernameIn(claims: ReturnType<typeof claimsOf>): string {
  return usernameClaims.map((name) => textOf(claims[name])).find(Boolean) ?? ''
}

// Entra ID has the first two, most others the last.
const usernameClaims = ['preferred_username', 'upn', 'email']
