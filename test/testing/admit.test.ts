import { describe, expect, test } from 'vitest'

import { admit, type AdmissionPolicy, type AdmissionRequest } from '../../src/testing/admit.ts'
import { parseTarget, verbOf } from '../../src/testing/resource-path.ts'

const bob = { name: 'bob', groups: ['devs'] }
const open: AdmissionPolicy = { anonymous: 'public', allows: undefined }
const closed: AdmissionPolicy = { anonymous: 'public', allows: () => false }

function asked(
  path: string,
  recognition: AdmissionRequest['recognition'],
  method = 'GET',
): AdmissionRequest {
  const target = parseTarget(path)
  return { recognition, method, path, target, verb: verbOf(method, target, false) }
}

describe('admit', () => {
  test('lets an authenticated user in, with the group of all such users', () => {
    expect(admit(asked('/api', bob), open)).toEqual({
      name: 'bob',
      groups: ['devs', 'system:authenticated'],
    })
  })

  test('lets nobody in with something worthless, whatever the path and the policy', () => {
    for (const anonymous of ['public', 'any', 'none'] as const) {
      expect(admit(asked('/version', 'invalid'), { ...open, anonymous })).toMatchObject({
        statusCode: 401,
      })
    }
  })

  test.each([
    ['public', '/version', 'system:anonymous'],
    ['public', '/api', 401],
    ['any', '/healthz', 'system:anonymous'],
    ['any', '/api', 403],
    ['none', '/livez', 401],
    ['none', '/api', 401],
  ] as const)('with "%s" open to the anonymous, %s is %s', (anonymous, path, expected) => {
    const outcome = admit(asked(path, 'nobody'), { ...open, anonymous })
    expect('name' in outcome ? outcome.name : outcome.statusCode).toBe(expected)
  })

  const refusals: readonly (readonly [method: string, path: string, message: string, object])[] = [
    ['GET', '/logs', 'forbidden: User "bob" cannot get path "/logs"', {}],
    [
      'GET',
      '/api/v1/namespaces/x',
      'namespaces "x" is forbidden: User "bob" cannot get resource "namespaces" in API group "" in the namespace "x"',
      { name: 'x', kind: 'namespaces' },
    ],
    [
      'POST',
      '/api/v1/namespaces/x/configmaps',
      'configmaps is forbidden: User "bob" cannot create resource "configmaps" in API group "" in the namespace "x"',
      { kind: 'configmaps' },
    ],
    [
      'POST',
      '/apis/authentication.k8s.io/v1/selfsubjectreviews',
      'selfsubjectreviews.authentication.k8s.io is forbidden: User "bob" cannot create resource "selfsubjectreviews" in API group "authentication.k8s.io" at the cluster scope',
      { group: 'authentication.k8s.io', kind: 'selfsubjectreviews' },
    ],
    [
      'POST',
      '/api/v1/namespaces/x/serviceaccounts/y/token',
      'serviceaccounts "y" is forbidden: User "bob" cannot create resource "serviceaccounts/token" in API group "" in the namespace "x"',
      { name: 'y', kind: 'serviceaccounts' },
    ],
  ]
  test.each(refusals)('refuses %s %s in the words of the API server', (...refusal) => {
    const [method, path, message, details] = refusal
    expect(admit(asked(path, bob, method), closed)).toMatchObject({
      statusCode: 403,
      body: { kind: 'Status', reason: 'Forbidden', code: 403, message, details },
    })
  })
})
