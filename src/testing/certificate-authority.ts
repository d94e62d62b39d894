import { createHash, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto'

import { systemClock, type Clock } from '../credential/clock.ts'
import {
  certificateToPem,
  distinguishedName,
  keyIdOf,
  signCertificate,
  type Issuer,
} from './sign-certificate.ts'

/** Kind of a key pair: elliptic curve P-256, or RSA with 2048 bits. */
export type KeyType = 'ec' | 'rsa'

/** What {@link createCertificateAuthority} takes; every field may be left out. */
export interface CertificateAuthorityOptions {
  /** Default: `Kubecred test authority`. */
  readonly commonName?: string
  /** Default: `ec`. */
  readonly keyType?: KeyType
  /** Default: the start of 1950. */
  readonly notBefore?: Date
  /** Default: the start of 2100. */
  readonly notAfter?: Date
  /** Tells when issued certificates begin. Default: the machine's time. */
  readonly clock?: Clock
  /** Bytes for a serial number; called with how many. Default: cryptographically random ones. */
  readonly randomBytes?: (size: number) => Uint8Array
}

/** What a certificate to be issued says. */
export interface IssueOptions {
  /** To an API server: the user's name. */
  readonly commonName: string
  /** To an API server: the user's groups. Default: none. */
  readonly organizations?: readonly string[]
  /** Default: none. */
  readonly dnsNames?: readonly string[]
  /** IPv4 or IPv6. Default: none. */
  readonly ipAddresses?: readonly string[]
  /** Which side of a connection shows it. */
  readonly usage: 'server' | 'client'
  /** To the second; a fraction is dropped. Default: an hour ago. */
  readonly notBefore?: Date
  /** To the second; a fraction is dropped. Default: a year from now. */
  readonly notAfter?: Date
  /** Default: `ec`. */
  readonly keyType?: KeyType
}

/** A certificate with its key. */
export interface IssuedCertificate {
  /** PEM: the certificate, then the intermediates up to the root, without the root. */
  readonly certificatePem: string
  /** PEM: the key as PKCS#8. */
  readonly privateKeyPem: string
  /** SHA-256 over the certificate alone, as hexadecimal digits in lower case. */
  readonly fingerprint: string
  readonly notBefore: Date
  readonly notAfter: Date
}

/** Issues certificates that OpenSSL, Go and Node accept; for tests, so its key is never stored. */
export interface CertificateAuthority {
  /** PEM of the authority's own certificate; a root's is what its peers must trust. */
  readonly certificatePem: string
  /**
   * Issues a certificate for a new key.
   *
   * @throws TypeError when an address is none, or a date cannot be written down.
   */
  issue(options: IssueOptions): IssuedCertificate
  /** Makes an authority below this one; what it issues carries the chain up to the root. */
  issueIntermediate(options?: CertificateAuthorityOptions): CertificateAuthority
}

/**
 * Makes a new root authority.
 *
 * @example
 * ```ts
 * import { createCertificateAuthority } from 'kubecred/testing'
 *
 * const authority = createCertificateAuthority()
 * const alice = authority.issue({ commonName: 'alice', organizations: ['devs'], usage: 'client' })
 * ```
 */
export function createCertificateAuthority(
  options: CertificateAuthorityOptions = {},
): CertificateAuthority {
  return authorityUnder(undefined, options)
}

const year = 365 * 24 * 60 * 60 * 1000
const hour = 60 * 60 * 1000

interface KeyPair {
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}

function authorityUnder(
  parent: Issuer | undefined,
  options: CertificateAuthorityOptions,
): CertificateAuthority {
  const { clock = systemClock, randomBytes: random = randomBytes } = options
  const keys = generateKeys(options.keyType)
  const name = distinguishedName(options.commonName ?? 'Kubecred test authority', [])
  const keyId = keyIdOf(keys.publicKey)
  const own: Issuer = { name, privateKey: keys.privateKey, keyId, chainPem: '' }
  const certificate = signCertificate(parent ?? own, {
    subject: name,
    publicKey: keys.publicKey,
    notBefore: options.notBefore ?? new Date('1950-01-01T00:00:00Z'),
    notAfter: options.notAfter ?? new Date('2100-01-01T00:00:00Z'),
    serial: serialNumber(random),
    use: 'authority',
    root: parent === undefined,
  })
  const certificatePem = certificateToPem(certificate)
  const issuer = parent === undefined ? own : { ...own, chainPem: certificatePem + parent.chainPem }
  return {
    certificatePem,
    issue: (wanted) => issueLeaf(issuer, wanted, clock.now(), serialNumber(random)),
    issueIntermediate: (wanted = {}) =>
      authorityUnder(issuer, {
        commonName: 'Kubecred test intermediate',
        clock,
        randomBytes: random,
        ...wanted,
      }),
  }
}

function issueLeaf(
  issuer: Issuer,
  options: IssueOptions,
  now: number,
  serial: Uint8Array,
): IssuedCertificate {
  const { publicKey, privateKey } = generateKeys(options.keyType)
  const notBefore = wholeSeconds(options.notBefore ?? new Date(now - hour))
  const notAfter = wholeSeconds(options.notAfter ?? new Date(now + year))
  const certificate = signCertificate(issuer, {
    subject: distinguishedName(options.commonName, options.organizations ?? []),
    publicKey,
    notBefore,
    notAfter,
    serial,
    use: options.usage,
    root: false,
    dnsNames: options.dnsNames ?? [],
    ipAddresses: options.ipAddresses ?? [],
  })
  return Object.freeze({
    certificatePem: certificateToPem(certificate) + issuer.chainPem,
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    fingerprint: createHash('sha256').update(certificate).digest('hex'),
    notBefore,
    notAfter,
  })
}

function generateKeys(keyType: KeyType = 'ec'): KeyPair {
  return keyType === 'rsa'
    ? generateKeyPairSync('rsa', { modulusLength: 2048 })
    : generateKeyPairSync('ec', { namedCurve: 'P-256' })
}

function serialNumber(random: (size: number) => Uint8Array): Uint8Array {
  const serial = Uint8Array.from(random(16))
  // Positive and never zero, whatever the source of bytes.
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40
  return serial
}

function wholeSeconds(moment: Date): Date {
  return new Date(Math.floor(moment.getTime() / 1000) * 1000)
}
