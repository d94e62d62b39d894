import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto'

import { createCertificateAuthority } from '../../src/testing/certificate-authority.ts'

/** A certificate and a key as a plugin or a kubeconfig gives them. */
export interface Pair {
  readonly title: string
  readonly certificate: string
  readonly key: string
}

const authority = createCertificateAuthority()
const dates = {
  notBefore: new Date('2029-12-31T00:00:00Z'),
  notAfter: new Date('2131-01-01T00:00:00Z'),
}
const ec = authority.issue({ commonName: 'alice', usage: 'client', ...dates })
const rsa = authority.issue({ commonName: 'bob', usage: 'client', keyType: 'rsa', ...dates })
const [ecKey, rsaKey] = [createPrivateKey(ec.privateKeyPem), createPrivateKey(rsa.privateKeyPem)]

function pem(key: KeyObject, type: 'pkcs1' | 'sec1' | 'pkcs8', encrypted = false): string {
  const lock = encrypted ? { cipher: 'aes-256-cbc', passphrase: 'p' } : {}
  return key.export({ type, format: 'pem', ...lock }).toString()
}

const parameters = '-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n'

/** Pairs that fit, and pairs that do not. */
export const pairs: readonly Pair[] = [
  { title: 'EC, PKCS#8', certificate: ec.certificatePem, key: pem(ecKey, 'pkcs8') },
  { title: 'EC, SEC 1', certificate: ec.certificatePem, key: pem(ecKey, 'sec1') },
  {
    title: 'EC after its parameters',
    certificate: ec.certificatePem,
    key: parameters + pem(ecKey, 'sec1'),
  },
  { title: 'RSA, PKCS#8', certificate: rsa.certificatePem, key: pem(rsaKey, 'pkcs8') },
  { title: 'RSA, PKCS#1', certificate: rsa.certificatePem, key: pem(rsaKey, 'pkcs1') },
  {
    title: 'a chain',
    certificate: ec.certificatePem + authority.certificatePem,
    key: pem(ecKey, 'pkcs8'),
  },
  {
    title: 'the wrong order',
    certificate: authority.certificatePem + ec.certificatePem,
    key: pem(ecKey, 'pkcs8'),
  },
  { title: 'RSA with an EC key', certificate: rsa.certificatePem, key: pem(ecKey, 'pkcs8') },
  { title: 'EC with an RSA key', certificate: ec.certificatePem, key: pem(rsaKey, 'pkcs1') },
  {
    title: 'another key',
    certificate: ec.certificatePem,
    key: pem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey, 'sec1'),
  },
  {
    title: 'another curve',
    certificate: ec.certificatePem,
    key: pem(generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey, 'sec1'),
  },
  {
    title: 'Ed25519',
    certificate: ec.certificatePem,
    key: pem(generateKeyPairSync('ed25519').privateKey, 'pkcs8'),
  },
  { title: 'an encrypted key', certificate: ec.certificatePem, key: pem(ecKey, 'pkcs8', true) },
  {
    title: 'an encrypted SEC 1 key',
    certificate: ec.certificatePem,
    key: pem(ecKey, 'sec1', true),
  },
  {
    title: 'an encrypted PKCS#1 key',
    certificate: rsa.certificatePem,
    key: pem(rsaKey, 'pkcs1', true),
  },
  { title: 'swapped', certificate: pem(ecKey, 'pkcs8'), key: ec.certificatePem },
  {
    title: 'one file for both',
    certificate: pem(ecKey, 'pkcs8') + ec.certificatePem,
    key: ec.certificatePem + pem(ecKey, 'pkcs8'),
  },
  { title: 'a public key', certificate: ec.certificatePem, key: ecPublic() },
  { title: 'parameters alone', certificate: ec.certificatePem, key: parameters },
]

function ecPublic(): string {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return publicKey.export({ type: 'spki', format: 'pem' }).toString()
}
