import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { isSameRequest, keyText, shelfOf } from '../../src/token/token-key.ts'
import { tokenSubject, type ServiceAccountTokenRequest } from '../../src/token/token-subject.ts'

// Few letters, those of the key's own punctuation among them, so that near misses are frequent.
const part = fc.string({ unit: fc.constantFrom('a', '1', ':', ';', '-', '"', '/'), maxLength: 3 })
const some = fc.option(part, { nil: undefined })
const requests: fc.Arbitrary<ServiceAccountTokenRequest> = fc.record({
  namespace: part,
  name: part,
  audiences: fc.option(fc.array(part, { maxLength: 3 }), { nil: undefined }),
  expirationSeconds: fc.constantFrom(undefined, 0, 1, 11, 600),
  boundObject: fc.option(fc.record({ kind: some, apiVersion: some, name: some, uid: some }), {
    nil: undefined,
  }),
  serviceAccountUid: some,
})

describe('two requests', () => {
  test('are for one token exactly when the kubelet has one key for them', () => {
    fc.assert(
      fc.property(requests, requests, (one, other) => {
        const isSame = keyText(one) === keyText(other)
        expect(isSameRequest(one, other)).toBe(isSame)
        expect(!isSame || shelfOf(one) === shelfOf(other)).toBe(true)
      }),
      { numRuns: 20_000 },
    )
  })

  test('are for one token when one is the checked copy of the other', () => {
    const named = fc.string({ unit: fc.constantFrom('a', '1'), minLength: 1, maxLength: 3 })
    const valid = fc.tuple(requests, named, named)
    fc.assert(
      fc.property(valid, ([request, namespace, name]) => {
        const wanted = { ...request, namespace, name }
        expect(isSameRequest(tokenSubject(wanted), wanted)).toBe(true)
        expect(shelfOf(tokenSubject(wanted))).toBe(shelfOf(wanted))
      }),
    )
  })

  test('are for one token when what is empty in one is not given in the other', () => {
    const request = {
      namespace: 'n',
      name: 'a',
      audiences: ['x', 'y'],
      expirationSeconds: 0,
      boundObject: { kind: '', uid: 'u' },
      serviceAccountUid: '',
    }
    expect(isSameRequest(tokenSubject(request), request)).toBe(true)
    expect(tokenSubject(request)).toMatchObject({
      expirationSeconds: undefined,
      boundObject: { kind: undefined },
      serviceAccountUid: undefined,
    })
  })
})

describe('the text of a key', () => {
  test('is the kubelet’s', () => {
    const request = {
      namespace: 'foo-ns',
      name: 'foo-sa',
      audiences: ['foo1', 'foo2'],
      expirationSeconds: 2000,
      boundObject: { kind: 'pod', name: 'foo-pod', uid: 'foo-uid' },
    }
    expect(keyText(request)).toBe(
      '"foo-sa"/"foo-ns"/[]string{"foo1", "foo2"}/2000/' +
        'v1.BoundObjectReference{Kind:"pod", APIVersion:"", Name:"foo-pod", UID:"foo-uid"}/""',
    )
  })

  test.each([
    [undefined, '[]string(nil)'],
    [[], '[]string{}'],
    [['a"', '\u00A0'], '[]string{"a\\"", "\\u00a0"}'],
  ])('tells audiences %j as Go does', (audiences, list) => {
    expect(keyText({ namespace: 'b', name: 'a', audiences, serviceAccountUid: 'u' })).toBe(
      `"a"/"b"/${list}/0/v1.BoundObjectReference{Kind:"", APIVersion:"", Name:"", UID:""}/"u"`,
    )
  })
})
