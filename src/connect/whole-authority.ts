import { X509Certificate } from 'node:crypto'

import { pemBlocks, type PemBlock } from '../credential/pem.ts'

/**
 * Says what is wrong with a bundle of authorities that is being written, or was cut off.
 *
 * Each block that begins must end, and each certificate must be one. OpenSSL takes those before the fault, and trusts
 * nobody after it.
 *
 * @returns undefined when nothing is.
 */
export function faultOfAuthority(pem: string): string | undefined {
  const blocks = pemBlocks(pem)
  const borders = pem.match(/^-----(?:BEGIN|END) /gmu)?.length ?? 0
  if (borders !== 2 * blocks.length || endsWithinBorder(pem)) return 'a PEM block is not complete'
  const certificates = blocks.filter(({ type }) => type === 'CERTIFICATE')
  if (certificates.length === 0) return 'there is no certificate in it'
  const bad = certificates.findIndex((block) => !isCertificate(block))
  return bad === -1 ? undefined : `certificate ${bad + 1} of ${certificates.length} is none`
}

/** Whether the last line is the start of a BEGIN that is not written yet. */
function endsWithinBorder(pem: string): boolean {
  const last = pem.trimEnd().split('\n').at(-1) ?? ''
  return last !== '' && '-----BEGIN CERTIFICATE-----'.startsWith(last)
}

function isCertificate({ der }: PemBlock): boolean {
  try {
    return new X509Certificate(der).raw.length === der.length
  } catch {
    return false
  }
}
