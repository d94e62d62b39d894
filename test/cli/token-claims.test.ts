import { describe, expect, test } from 'vitest'

import { tokenClaims } from '../../src/cli/token-claims.ts'
import { Secret } from '../../src/doors/index.ts'

function tokenOf(claims: unknown): Secret {
  const payload = Buffer.from(JSON.stringify(claims)).toString('base64url')
  return new Secret(`e30.${payload}.c2lnbmF0dXJl`)
}

test('issuer, subject and the name that people know are read', () => {
  expect(tokenClaims(tokenOf({ iss: 'i', sub: 's', email: 'e', exp: 1, at_hash: 'h' }))).toEqual({
    issuer: 'i',
    subject: 's',
    username: 'e',
  })
})

test.each([
  [{ upn: 'u', email: 'e' }, { username: 'u' }],
  [{ preferred_username: 'p', upn: 'u' }, { username: 'p' }],
  [{ preferred_username: '', email: 'e' }, { username: 'e' }],
  [{ sub: 'system:serviceaccount:a:b' }, { subject: 'system:serviceaccount:a:b' }],
])('of %j it says %j', (claims, expected) => {
  expect(tokenClaims(tokenOf(claims))).toEqual(expected)
})

describe('nothing is said of', () => {
  test.each<readonly [name: string, token: Secret | undefined]>([
    ['no token', undefined],
    ['a token that is no JWT', new Secret('opaque')],
    ['a token with other parts', new Secret('a.b.c')],
    ['a JWT without names', tokenOf({ exp: 1, sub: 7 })],
    ['a JWT that is a list', tokenOf(['sub'])],
  ])('%s', (_name, token) => {
    expect(tokenClaims(token)).toBeUndefined()
  })
})
