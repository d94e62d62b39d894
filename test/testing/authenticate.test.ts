import { X509Certificate } from 'node:crypto'
import { Agent } from 'node:https'

import { describe, expect, test } from 'vitest'

import { startApiServer } from '../../src/testing/api-server.ts'
import {
  authenticate,
  fingerprintOf,
  type Evidence,
  type KnownCredentials,
} from '../../src/testing/authenticate.ts'
import {
  createCertificateAuthority,
  type CertificateAuthority,
  type IssueOptions,
} from '../../src/testing/certificate-authority.ts'
import { http1 } from './http-clients.ts'

const now = Date.UTC(2030, 0, 1)
const dates = { notBefore: new Date(now - 1000), notAfter: new Date(now + 1000) }
const root = createCertificateAuthority()

const known: KnownCredentials = {
  clientAuthority: new X509Certificate(root.certificatePem),
  userOfToken: (token) => (token === 'good' ? { name: 'by-token', groups: [] } : undefined),
  isRevoked: () => false,
}

function leaf(authority: CertificateAuthority, options: Partial<IssueOptions> = {}) {
  const wanted: IssueOptions = { commonName: 'by-certificate', usage: 'client', ...dates }
  return new X509Certificate(authority.issue({ ...wanted, ...options }).certificatePem)
}

const nothing: Evidence = {
  clientCertificate: undefined,
  clientTrusted: false,
  authorization: undefined,
}

function who(evidence: Partial<Evidence>, at = now): unknown {
  const found = authenticate({ ...nothing, ...evidence }, known, at)
  return typeof found === 'object' ? found.name : found
}

describe('authenticate', () => {
  test('knows nobody who shows nothing', () => {
    expect(who({})).toBe('nobody')
  })

  test.each([
    ['Bearer good', 'by-token'],
    ['bearer good', 'by-token'],
    ['  Bearer good ', 'by-token'],
    ['Bearer bad', 'invalid'],
    ['Bearer', 'nobody'],
    ['Bearer ', 'nobody'],
    ['Basic dTpw', 'nobody'],
    ['', 'nobody'],
  ])('takes the header "%s" for %s', (authorization, expected) => {
    expect(who({ authorization })).toBe(expected)
  })

  test('asks the certificate before the token', () => {
    const clientCertificate = leaf(root)
    expect(who({ clientCertificate, authorization: 'Bearer good' })).toBe('by-certificate')
    expect(who({ clientCertificate, authorization: 'Bearer bad' })).toBe('by-certificate')
  })

  test('asks the token when the certificate is worthless', () => {
    const clientCertificate = leaf(root, { notAfter: new Date(now - 500) })
    expect(who({ clientCertificate, authorization: 'Bearer good' })).toBe('by-token')
    expect(who({ clientCertificate, authorization: 'Bearer bad' })).toBe('invalid')
    expect(who({ clientCertificate })).toBe('invalid')
  })

  test('holds a certificate valid from its first second to its last', () => {
    const clientCertificate = leaf(root)
    const at = (ms: number): unknown => who({ clientCertificate }, now + ms)
    expect([-1001, -1000, 1000, 1001].map(at)).toEqual([
      'invalid',
      'by-certificate',
      'by-certificate',
      'invalid',
    ])
  })

  test('leaves certificates from an intermediate to TLS', () => {
    const clientCertificate = leaf(root.issueIntermediate())
    expect(who({ clientCertificate, clientTrusted: true })).toBe('by-certificate')
    expect(who({ clientCertificate, clientTrusted: false })).toBe('invalid')
    expect(who({ clientCertificate, clientTrusted: true }, now + 1001)).toBe('invalid')
  })

  test('takes a certificate that names no usage', () => {
    const { certificatePem } = root.issueIntermediate({ commonName: 'by-certificate' })
    expect(who({ clientCertificate: new X509Certificate(certificatePem) })).toBe('by-certificate')
  })

  test.each([
    ['from another authority', leaf(createCertificateAuthority({ commonName: 'other' }))],
    ['from another authority of the same name', leaf(createCertificateAuthority())],
    ['for a server', leaf(root, { usage: 'server' })],
  ])('refuses a certificate %s', (_, clientCertificate) => {
    expect(who({ clientCertificate })).toBe('invalid')
  })

  test('knows nobody by a certificate without a name', () => {
    expect(who({ clientCertificate: leaf(root, { commonName: '' }) })).toBe('nobody')
  })

  test('refuses a certificate that was revoked', () => {
    const clientCertificate = leaf(root)
    const revoked = fingerprintOf(clientCertificate)
    const revoking = { ...known, isRevoked: (fingerprint: string) => fingerprint === revoked }
    expect(authenticate({ ...nothing, clientCertificate }, revoking, now)).toBe('invalid')
  })

  test('takes one organization for one group', () => {
    const clientCertificate = leaf(root, { organizations: ['a'] })
    const found = authenticate({ ...nothing, clientCertificate }, known, now)
    expect(found).toMatchObject({ groups: ['a'] })
  })
})

test.each(['TLSv1.2', 'TLSv1.3'] as const)(
  'a certificate from an intermediate counts, also when a %s session is resumed',
  async (maxVersion) => {
    await using server = await startApiServer()
    const mine = server.clientAuthority.issueIntermediate().issue({
      commonName: 'carol',
      usage: 'client',
    })
    // The agent keeps no connection, but the session of each for the next one.
    const agent = new Agent({ keepAlive: false, maxVersion })
    const tls = { agent, cert: mine.certificatePem, key: mine.privateKeyPem }
    await http1(server, '/api', { tls })
    await http1(server, '/api', { tls })
    expect(server.requests).toMatchObject([
      { user: 'carol', statusCode: 200, tlsSessionReused: false },
      { user: 'carol', statusCode: 200, tlsSessionReused: true },
    ])
  },
)
