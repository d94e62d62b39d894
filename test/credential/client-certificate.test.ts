import { createPrivateKey, type KeyObject } from 'node:crypto'

import { describe, expect, test } from 'vitest'

import { readClientCertificate } from '../../src/credential/client-certificate.ts'
import { KubecredError, messageOf } from '../../src/errors/kubecred-error.ts'
import {
  createCertificateAuthority,
  type IssuedCertificate,
} from '../../src/testing/certificate-authority.ts'
import { plantedSecret } from '../../scripts/suite/planted-secret.ts'

const authority = createCertificateAuthority()
const dates = {
  notBefore: new Date('2029-12-31T00:00:00Z'),
  notAfter: new Date('2031-01-01T00:00:00Z'),
}
const ec = authority.issue({
  commonName: 'alice',
  organizations: ['system:masters', 'devs'],
  usage: 'client',
  ...dates,
})
const rsa = authority.issue({ commonName: 'bob', usage: 'client', keyType: 'rsa', ...dates })

const keyOf = ({ privateKeyPem }: IssuedCertificate): KeyObject => createPrivateKey(privateKeyPem)
const pkcs1 = keyOf(rsa).export({ type: 'pkcs1', format: 'pem' }).toString()
const sec1 = keyOf(ec).export({ type: 'sec1', format: 'pem' }).toString()
const parameters = '-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n'
const noise = `subject=alice\n${parameters}`

// Made with OpenSSL: a certificate whose subject is empty, and its key.
const nameless = {
  certificatePem: `-----BEGIN CERTIFICATE-----
MIIBVjCB/aADAgECAhRbw86jZII0pvY0K+nTOXOtAD+bnjAKBggqhkjOPQQDAjAA
MCAXDTI2MTEyMjIyMTUwMVoYDzIxMjYxMDI5MjIxNTAxWjAAMFkwEwYHKoZIzj0C
AQYIKoZIzj0DAQcDQgAEUplRsTjANv43Rf2rPsIFle9cfDZkJ7bNhbL491IvMasX
mKRsIAMu152/io3j00vcXtJoKJ579m1z+cGkAgqZ5aNTMFEwHQYDVR0OBBYEFJVI
2XoO7qmK/aoQuvF3BeJrCJicMB8GA1UdIwQYMBaAFJVI2XoO7qmK/aoQuvF3BeJr
CJicMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIhAOJBRWFJLyC7
wS9KX9PihjQUqkjvmMPbW0NpqKIUWxh1AiAvLjHC3TvKIA87l29t3QR+5aziwQ5l
p8Nah0kZxATQsg==
-----END CERTIFICATE-----
`,
  privateKeyPem: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgQVMWANUVLdHehRDv
iw3CLY0cgGpr5vXUDcbmFNVSuGKhRANCAARSmVGxOMA2/jdF/as+wgWV71x8NmQn
ts2Fsvj3Ui8xqxeYpGwgAy7Xnb+KjePTS9xe0mgonnv2bXP5waQCCpnl
-----END PRIVATE KEY-----
`,
}

describe('readClientCertificate', () => {
  test.each<[string, string, string]>([
    ['an RSA key as PKCS#1', rsa.certificatePem, pkcs1],
    ['an RSA key as PKCS#8', rsa.certificatePem, rsa.privateKeyPem],
    ['an EC key as SEC 1', ec.certificatePem, sec1],
    ['an EC key as PKCS#8', ec.certificatePem, ec.privateKeyPem],
    ['an EC key after its parameters', ec.certificatePem, parameters + sec1],
    ['the key after the certificate', ec.certificatePem, ec.certificatePem + ec.privateKeyPem],
    ['one file for both', ec.privateKeyPem + ec.certificatePem, ec.certificatePem + sec1],
    ['text before and after', `${noise}${ec.certificatePem}bye`, `${noise}${sec1}bye`],
    ['Windows line ends', crlf(ec.certificatePem), crlf(sec1)],
    ['no line end at the end', ec.certificatePem.trim(), sec1.trim()],
  ])('takes %s', (_, certificatePem, privateKeyPem) => {
    const { notBefore, notAfter } = readClientCertificate(certificatePem, privateKeyPem)
    expect([notBefore, notAfter]).toEqual([dates.notBefore.getTime(), dates.notAfter.getTime()])
  })

  test('gives the certificates alone, and the key alone', () => {
    const together = `${noise}${ec.certificatePem}${sec1}`
    const { certificatePem, privateKeyPem } = readClientCertificate(together, together)
    expect(certificatePem).toBe(ec.certificatePem)
    expect(privateKeyPem.reveal() === ec.privateKeyPem).toBe(true)
  })

  test('takes the first key, as Go does', () => {
    const { privateKeyPem } = readClientCertificate(ec.certificatePem, sec1 + pkcs1)
    expect(privateKeyPem.reveal() === ec.privateKeyPem).toBe(true)
    expect(refusal(ec.certificatePem, pkcs1 + sec1)).toContain('does not match')
  })

  test('keeps intermediates after the leaf, and dates and names the leaf', () => {
    const intermediate = authority.issueIntermediate()
    const { certificatePem, privateKeyPem } = intermediate.issue({
      commonName: 'carol',
      usage: 'client',
      ...dates,
    })
    const read = readClientCertificate(
      certificatePem.replace('\n-----BEGIN', `\n${noise}-----BEGIN`),
      privateKeyPem,
    )
    expect(read.certificatePem).toBe(certificatePem)
    expect(read.certificatePem.match(/BEGIN CERTIFICATE/gu)).toHaveLength(2)
    expect(read.notAfter).toBe(dates.notAfter.getTime())
    expect(read.subject).toBe('CN=carol')
  })

  test('names the subject on one line, in the order of the certificate', () => {
    const { subject } = readClientCertificate(ec.certificatePem, ec.privateKeyPem)
    expect(subject).toBe('O=system:masters, O=devs, CN=alice')
  })

  test('takes a certificate without a subject', () => {
    const read = readClientCertificate(nameless.certificatePem, nameless.privateKeyPem)
    expect(read.subject).toBe('')
  })

  test('makes a fingerprint of the chain, whatever stands around it', () => {
    const plain = readClientCertificate(ec.certificatePem, ec.privateKeyPem)
    const noisy = readClientCertificate(noise + ec.certificatePem, sec1)
    const longer = readClientCertificate(ec.certificatePem + rsa.certificatePem, sec1)
    const other = readClientCertificate(rsa.certificatePem, pkcs1)
    expect(plain.fingerprint).toBe(ec.fingerprint)
    expect(noisy.fingerprint).toBe(plain.fingerprint)
    expect(new Set([plain, longer, other].map(({ fingerprint }) => fingerprint)).size).toBe(3)
  })

  test('is frozen and shows no key', () => {
    const read = readClientCertificate(ec.certificatePem, ec.privateKeyPem)
    expect(Object.isFrozen(read)).toBe(true)
    expect(JSON.stringify(read)).not.toContain('PRIVATE KEY')
  })
})

describe('what cannot be used', () => {
  const garbage = `-----BEGIN CERTIFICATE-----\n${base64(plantedSecret)}\n-----END CERTIFICATE-----\n`
  const brokenKey = `-----BEGIN PRIVATE KEY-----\n${base64(plantedSecret)}\n-----END PRIVATE KEY-----\n`
  const passphrase = `${plantedSecret}-passphrase`
  const encrypted = keyOf(ec)
    .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase })
    .toString()
  const encryptedPkcs1 = keyOf(rsa)
    .export({ type: 'pkcs1', format: 'pem', cipher: 'aes-256-cbc', passphrase })
    .toString()
  const switched =
    'tls: failed to find certificate PEM data in certificate input, ' +
    'but did find a private key; PEM inputs may have been switched'

  test.each<[string, string, string, string]>([
    ['no certificate', '', sec1, 'tls: failed to find any PEM data in certificate input'],
    [
      'a certificate that is text',
      plantedSecret,
      sec1,
      'tls: failed to find any PEM data in certificate input',
    ],
    [
      'a certificate cut off',
      ec.certificatePem.slice(0, -30),
      sec1,
      'tls: failed to find any PEM data in certificate input',
    ],
    ['a key for a certificate', sec1, sec1, switched],
    [
      'other blocks for a certificate',
      parameters + sec1,
      sec1,
      'tls: failed to find "CERTIFICATE" PEM block in certificate input',
    ],
    ['a certificate that is none', garbage, sec1, 'x509: malformed certificate'],
    [
      'an intermediate that is none',
      ec.certificatePem + garbage,
      sec1,
      'x509: malformed certificate',
    ],
    ['no key', ec.certificatePem, '', 'tls: failed to find any PEM data in key input'],
    [
      'a key that is text',
      ec.certificatePem,
      plantedSecret,
      'tls: failed to find any PEM data in key input',
    ],
    [
      'a certificate for a key',
      ec.certificatePem,
      ec.certificatePem.trim(),
      'tls: found a certificate rather than a key in the PEM for the private key',
    ],
    [
      'other blocks for a key',
      ec.certificatePem,
      parameters,
      'tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input',
    ],
    ['a key that is none', ec.certificatePem, brokenKey, 'tls: failed to parse private key'],
    [
      'an encrypted key',
      ec.certificatePem,
      encrypted,
      'tls: failed to parse private key: the key is encrypted',
    ],
    [
      'a key encrypted as of old',
      rsa.certificatePem,
      encryptedPkcs1,
      'tls: failed to parse private key: the key is encrypted',
    ],
    [
      'a key of another type',
      ec.certificatePem,
      pkcs1,
      'tls: private key type does not match public key type',
    ],
    [
      'the key of another of the kind',
      ec.certificatePem,
      authority.issue({ commonName: 'eve', usage: 'client' }).privateKeyPem,
      'tls: private key does not match public key',
    ],
  ])('is refused: %s', (_, certificatePem, privateKeyPem, message) => {
    expect(refusal(certificatePem, privateKeyPem)).toBe(message)
  })
})

/** The words of the error; it has neither a cause nor details that could hold the input. */
function refusal(certificatePem: string, privateKeyPem: string): string {
  const error = thrownBy(() => readClientCertificate(certificatePem, privateKeyPem))
  expect(error).toBeInstanceOf(KubecredError)
  expect(error).toMatchObject({ code: 'ERR_CREDENTIAL_INVALID', details: {} })
  expect(error).not.toHaveProperty('cause')
  return messageOf(error)
}

function thrownBy(act: () => unknown): unknown {
  try {
    act()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

function crlf(pem: string): string {
  return pem.replaceAll('\n', '\r\n')
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}
