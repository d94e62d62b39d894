import { format, inspect } from 'node:util'

import { describe, expect, test } from 'vitest'

import { readClientCertificate } from '../../src/credential/client-certificate.ts'
import { createCredential, type CredentialParts } from '../../src/credential/credential.ts'
import { createCertificateAuthority } from '../../src/testing/certificate-authority.ts'
import { plantedSecret } from '../../scripts/suite/planted-secret.ts'

const authority = createCertificateAuthority()
const [alice, bob] = ['alice', 'bob'].map((commonName) => {
  const { certificatePem, privateKeyPem } = authority.issue({
    commonName,
    usage: 'client',
    notAfter: new Date('2031-01-01T00:00:00Z'),
  })
  return readClientCertificate(certificatePem, privateKeyPem)
})
const certificateEnd = Date.UTC(2031, 0, 1)
const token = `${plantedSecret}-token`
const basic = { username: 'jürgen', password: `${plantedSecret}-pass:wörd` }

// Compared as booleans, so that a failing test prints no secret.
function sends(parts: CredentialParts, header: string): boolean {
  return createCredential(parts).authorization?.reveal() === header
}

describe('authorization', () => {
  test('is the bearer token', () => {
    expect(sends({ token }, `Bearer ${token}`)).toBe(true)
    expect(createCredential({ token }).token?.reveal() === token).toBe(true)
  })

  test('is user and password in base64 of their UTF-8', () => {
    const pair = Buffer.from(`jürgen:${plantedSecret}-pass:wörd`, 'utf8').toString('base64')
    expect(sends({ basic }, `Basic ${pair}`)).toBe(true)
    expect(createCredential({ basic }).token).toBeUndefined()
  })

  test('is the token when both are given, and the password when the token is empty', () => {
    expect(sends({ token, basic }, `Bearer ${token}`)).toBe(true)
    expect(createCredential({ token: '', basic }).authorization?.reveal()).toMatch(/^Basic /u)
  })

  test.each<[string, CredentialParts]>([
    ['no parts at all', {}],
    ['an empty token', { token: '' }],
    ['a certificate alone', { certificate: alice }],
  ])('is absent for %s', (_, parts) => {
    expect(createCredential(parts)).toMatchObject({ token: undefined, authorization: undefined })
  })
})

describe('expiresAt', () => {
  test.each<[string, CredentialParts, number | undefined]>([
    ['undefined when nothing gives an end', { token }, undefined],
    ['what the provider said', { token, expiresAt: 5 }, 5],
    ["the certificate's end", { token, certificate: alice }, certificateEnd],
    ['what the provider said, when earlier', { certificate: alice, expiresAt: 5 }, 5],
    [
      "the certificate's end, when earlier",
      { certificate: alice, expiresAt: certificateEnd + 1 },
      certificateEnd,
    ],
    ['the epoch, when the provider said so', { token, expiresAt: 0 }, 0],
  ])('is %s', (_, parts, end) => {
    expect(createCredential(parts).expiresAt).toBe(end)
  })
})

describe('fingerprint', () => {
  const kinds: CredentialParts[] = [
    {},
    { token },
    { token: `${token}2` },
    { basic },
    { certificate: alice },
    { certificate: bob },
    { token, certificate: alice },
    { token, certificate: bob },
  ]

  test('tells credentials apart', () => {
    const prints = kinds.map((parts) => createCredential(parts).fingerprint)
    expect(new Set(prints).size).toBe(kinds.length)
  })

  test('is the same for the same token and certificate, whatever the end', () => {
    for (const parts of kinds) {
      const again = createCredential({ ...parts, expiresAt: 7 })
      expect(again.fingerprint).toBe(createCredential(parts).fingerprint)
    }
  })

  test('holds nothing of the secret', () => {
    expect(createCredential({ token }).fingerprint).toMatch(/^[0-9a-f]{64}$/u)
  })
})

describe('a credential', () => {
  const credential = createCredential({ token, certificate: alice, expiresAt: 5 })

  test('is frozen', () => {
    expect(Object.isFrozen(credential)).toBe(true)
  })

  test('shows no secret when it is printed', () => {
    const shown = [
      JSON.stringify(credential),
      inspect(credential, { showHidden: true, depth: Infinity }),
      inspect({ list: [credential] }, { depth: Infinity }),
      format('%s %j', credential, credential),
    ].join()
    expect(shown.includes(plantedSecret)).toBe(false)
    expect(shown.includes('PRIVATE KEY')).toBe(false)
    expect(shown).toContain('[redacted]')
  })
})
