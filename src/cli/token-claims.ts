import type { Secret } from '../doors/index.ts'
import { membersOf, parseJson, textOf } from '../api/json-shape.ts'

/** What a token says about its holder. Nobody has checked it. */
export interface TokenClaims {
  readonly issuer?: string
  readonly subject?: string
  /** A name that people know, where the subject is a number. */
  readonly username?: string
}

/** The claims of a JSON Web Token that are worth showing; undefined when there are none. */
export function tokenClaims(token: Secret | undefined): TokenClaims | undefined {
  const payload = token?.reveal().split('.')[1] ?? ''
  const claims = membersOf(parseJson(Buffer.from(payload, 'base64url').toString('utf8')))
  const issuer = textOf(claims['iss'])
  const subject = textOf(claims['sub'])
  const username = usernameClaims.map((name) => textOf(claims[name])).find(Boolean) ?? ''
  if (issuer === '' && subject === '' && username === '') return undefined
  return {
    ...(issuer === '' ? {} : { issuer }),
    ...(subject === '' ? {} : { subject }),
    ...(username === '' ? {} : { username }),
  }
}

// Entra ID has the first two, most others the last.
const usernameClaims = ['preferred_username', 'upn', 'email']
