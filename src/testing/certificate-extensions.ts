import { isIPv4, isIPv6 } from 'node:net'

import {
  bitFlags,
  boolean,
  context,
  objectIdentifier,
  octetString,
  sequence,
  type Der,
} from './der.ts'

/** What a certificate is for; decides its extensions. */
export type CertificateUse = 'authority' | 'server' | 'client'

/** What the extensions of one certificate say. */
export interface ExtensionFacts {
  readonly use: CertificateUse
  /** Whether the key is RSA, which may also encrypt a session key. */
  readonly rsa: boolean
  readonly dnsNames: readonly string[]
  readonly ipAddresses: readonly string[]
  readonly subjectKeyId: Uint8Array
  /** Key id of the issuer; undefined for a root. */
  readonly authorityKeyId: Uint8Array | undefined
}

/** The extensions of a certificate, as RFC 5280 wants them and `openssl -x509_strict` checks. */
export function extensions(facts: ExtensionFacts): Der {
  const authority = facts.use === 'authority'
  const list = [
    extension('2.5.29.19', authority, sequence(...(authority ? [boolean(true)] : []))),
    extension('2.5.29.15', true, bitFlags(keyUsage(facts))),
    extension('2.5.29.14', false, octetString(facts.subjectKeyId)),
  ]
  if (facts.authorityKeyId !== undefined) {
    const keyId = sequence(context(0, false, facts.authorityKeyId))
    list.push(extension('2.5.29.35', false, keyId))
  }
  if (!authority) list.push(extension('2.5.29.37', false, sequence(extendedKeyUsage(facts.use))))
  const names = alternativeNames(facts)
  if (names.length > 0) list.push(extension('2.5.29.17', false, sequence(...names)))
  return sequence(...list)
}

function extension(oid: string, critical: boolean, value: Der): Der {
  const flag = critical ? [boolean(true)] : []
  return sequence(objectIdentifier(oid), ...flag, octetString(value))
}

function keyUsage({ use, rsa }: ExtensionFacts): readonly number[] {
  const digitalSignature = 0
  const keyEncipherment = 2
  const keyCertSign = 5
  const crlSign = 6
  if (use === 'authority') return [digitalSignature, keyCertSign, crlSign]
  return rsa ? [digitalSignature, keyEncipherment] : [digitalSignature]
}

function extendedKeyUsage(use: CertificateUse): Der {
  return objectIdentifier(use === 'server' ? '1.3.6.1.5.5.7.3.1' : '1.3.6.1.5.5.7.3.2')
}

function alternativeNames({ dnsNames, ipAddresses }: ExtensionFacts): readonly Der[] {
  return [
    ...dnsNames.map((name) => context(2, false, Buffer.from(name, 'latin1'))),
    ...ipAddresses.map((address) => context(7, false, addressBytes(address))),
  ]
}

function addressBytes(address: string): Uint8Array {
  if (isIPv4(address)) return Uint8Array.from(address.split('.').map(Number))
  if (!isIPv6(address)) throw new TypeError(`"ipAddresses" has no IP address: ${address}`)
  // The URL parser rewrites an IPv4 tail, so that only groups of hexadecimal digits are left.
  const plain = new URL(`http://[${address}]`).hostname.slice(1, -1)
  const [head = '', tail = ''] = plain.split('::')
  const before = groups(head)
  const after = groups(tail)
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0)
  return Uint8Array.from(
    [...before, ...zeros, ...after].flatMap((group) => [group >> 8, group & 255]),
  )
}

function groups(text: string): readonly number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))
}
