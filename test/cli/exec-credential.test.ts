import { describe, expect, test } from 'vitest'

import { execCredential } from '../../src/cli/exec-credential.ts'
import { createCredential, readClientCertificate } from '../../src/doors/index.ts'
import { createCertificateAuthority } from '../../src/doors/testing.ts'

const token = 'KUBECRED-PLANTED-SECRET-exec'
const group = 'client.authentication.k8s.io'

test('a token with its end is printed in v1', () => {
  const expiresAt = Date.UTC(2030, 0, 1, 0, 0, 0, 999)
  expect(execCredential(createCredential({ token, expiresAt }), {})).toEqual({
    kind: 'ExecCredential',
    apiVersion: `${group}/v1`,
    spec: { interactive: false },
    status: { token, expirationTimestamp: '2030-01-01T00:00:00Z' },
  })
})

test('a certificate is printed with its key and its end', () => {
  const issued = createCertificateAuthority({ commonName: 'ca' }).issue({
    commonName: 'alice',
    usage: 'client',
  })
  const certificate = readClientCertificate(issued.certificatePem, issued.privateKeyPem)
  expect(execCredential(createCredential({ certificate }), {})).toMatchObject({
    status: {
      clientCertificateData: certificate.certificatePem,
      clientKeyData: issued.privateKeyPem,
      expirationTimestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/u) as string,
    },
  })
})

describe('the version is that which the caller asks for', () => {
  const versionFor = (info: string): unknown =>
    execCredential(createCredential({ token }), { KUBERNETES_EXEC_INFO: info })['apiVersion']

  test.each(['v1', 'v1beta1', 'v1alpha1'])('%s', (version) => {
    expect(versionFor(JSON.stringify({ apiVersion: `${group}/${version}` }))).toBe(
      `${group}/${version}`,
    )
  })

  test.each(['{"apiVersion":"other/v7"}', '{}', 'no JSON'])('%s is refused', (info) => {
    expect(() => versionFor(info)).toThrow(
      'KUBERNETES_EXEC_INFO asks for a version that is not known',
    )
  })
})

test('a password does not fit', () => {
  const basic = { username: 'alice', password: 'KUBECRED-PLANTED-SECRET-password' }
  expect(() => execCredential(createCredential({ basic }), {})).toThrow(
    'an ExecCredential holds a token or a certificate, and there is neither',
  )
})
