import { createHash, sign, type KeyObject } from 'node:crypto'

import { extensions, type CertificateUse } from './certificate-extensions.ts'
import * as der from './der.ts'

/** What signs a certificate; `chainPem` follows the certificates that it signs. */
export interface Issuer {
  readonly name: der.Der
  readonly privateKey: KeyObject
  readonly keyId: Uint8Array
  readonly chainPem: string
}

/** Everything in a certificate but its issuer and signature. */
export interface CertificateFacts {
  readonly subject: der.Der
  readonly publicKey: KeyObject
  readonly notBefore: Date
  readonly notAfter: Date
  readonly serial: Uint8Array
  readonly use: CertificateUse
  readonly root: boolean
  readonly dnsNames?: readonly string[]
  readonly ipAddresses?: readonly string[]
}

/** Makes a certificate, as DER. */
export function signCertificate(issuer: Issuer, facts: CertificateFacts): Uint8Array {
  const algorithm = signatureAlgorithm(issuer.privateKey)
  const body = der.sequence(
    der.context(0, true, der.integer(Uint8Array.of(2))),
    der.integer(facts.serial),
    algorithm,
    issuer.name,
    der.sequence(der.time(facts.notBefore), der.time(facts.notAfter)),
    facts.subject,
    facts.publicKey.export({ type: 'spki', format: 'der' }),
    der.context(
      3,
      true,
      extensions({
        use: facts.use,
        rsa: facts.publicKey.asymmetricKeyType === 'rsa',
        dnsNames: facts.dnsNames ?? [],
        ipAddresses: facts.ipAddresses ?? [],
        subjectKeyId: keyIdOf(facts.publicKey),
        authorityKeyId: facts.root ? undefined : issuer.keyId,
      }),
    ),
  )
  return der.sequence(body, algorithm, der.bitString(sign('sha256', body, issuer.privateKey)))
}

/** A name of groups (O) and a user or host (CN). */
export function distinguishedName(commonName: string, organizations: readonly string[]): der.Der {
  const attribute = (oid: string, value: string): der.Der =>
    der.set(der.sequence(der.objectIdentifier(oid), der.utf8String(value)))
  return der.sequence(
    ...organizations.map((name) => attribute('2.5.4.10', name)),
    attribute('2.5.4.3', commonName),
  )
}

/** The id of a key: RFC 7093, method 4, lets any hash of it serve. */
export function keyIdOf(publicKey: KeyObject): Uint8Array {
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  return createHash('sha256').update(spki).digest().subarray(0, 20)
}

/** A certificate as PEM. */
export function certificateToPem(certificate: Uint8Array): string {
  const lines = Buffer.from(certificate)
    .toString('base64')
    .replaceAll(/.{64}(?=.)/gu, '$&\n')
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`
}

function signatureAlgorithm(privateKey: KeyObject): der.Der {
  return privateKey.asymmetricKeyType === 'rsa'
    ? der.sequence(der.objectIdentifier('1.2.840.113549.1.1.11'), der.nothing())
    : der.sequence(der.objectIdentifier('1.2.840.10045.4.3.2'))
}
