import { describe, expect, test } from 'vitest'

import {
  claimsOf,
  registeredClaims,
  serviceAccountClaims,
} from '../../src/api/service-account-claims.ts'
import { serviceAccountClaims as claimsFor, tokenWith } from '../cli/token-routes.ts'

describe('the claims of a ServiceAccount', () => {
  test('are read from its token', () => {
    const own = {
      node: { name: 'n', uid: 'u-2' },
      pod: { name: 'p', uid: 'u-1' },
      warnafter: 1_767_229_207,
    }
    expect(serviceAccountClaims(tokenWith(claimsFor('ci', 'deployer', own)))).toEqual({
      issuer: 'https://kubernetes.default.svc',
      subject: 'system:serviceaccount:ci:deployer',
      audiences: ['https://kubernetes.default.svc'],
      issuedAt: 1_767_225_600,
      notBefore: 1_767_225_600,
      expiresAt: 1_767_229_200,
      id: 'an-id',
      namespace: 'ci',
      serviceAccount: { name: 'deployer', uid: 'uid-of-deployer' },
      bound: [
        { kind: 'Pod', name: 'p', uid: 'u-1' },
        { kind: 'Node', name: 'n', uid: 'u-2' },
      ],
      warnAfter: 1_767_229_207,
    })
  })

  test('are read from the older token that stands in a Secret', () => {
    const claim = 'kubernetes.io/serviceaccount'
    const token = tokenWith({
      [`${claim}/namespace`]: 'ci',
      [`${claim}/secret.name`]: 's',
      [`${claim}/service-account.name`]: 'old',
      [`${claim}/service-account.uid`]: 'u',
    })
    expect(serviceAccountClaims(token)).toMatchObject({
      namespace: 'ci',
      serviceAccount: { name: 'old', uid: 'u' },
      bound: [{ kind: 'Secret', name: 's', uid: '' }],
      expiresAt: undefined,
    })
  })

  test.each([
    ['a text', 'KUBECRED-PLANTED-SECRET-opaque'],
    ["another's token", tokenWith({ sub: 'x', exp: 1 })],
    ['one whose account has no name', tokenWith({ 'kubernetes.io': { serviceaccount: {} } })],
    ['one whose own claims are none', tokenWith({ 'kubernetes.io': 'x' })],
  ])('are not in %s', (_what, token) => {
    expect(serviceAccountClaims(token)).toBeUndefined()
  })
})

describe('a claim of another type than it has is none', () => {
  test.each<readonly [claims: Readonly<Record<string, unknown>>, expected: object]>([
    [{ iss: 7, sub: {}, jti: [] }, { issuer: '', subject: '', id: '' }],
    [{ exp: '1', iat: null, nbf: true }, { expiresAt: undefined, issuedAt: undefined }],
    // What no Date can hold.
    [{ exp: 1e300, nbf: -1e300 }, { expiresAt: undefined, notBefore: undefined }],
    [{ aud: 7 }, { audiences: [] }],
    [{ aud: 'one' }, { audiences: ['one'] }],
  ])('%j', (claims, expected) => {
    expect(registeredClaims(claims)).toMatchObject(expected)
  })
})

test.each(['', 'a', 'a.b', 'a..c', `a.${Buffer.from('[1]').toString('base64url')}.c`])(
  '"%s" has no claims',
  (text) => {
    expect(claimsOf(text)).toEqual({})
  },
)
