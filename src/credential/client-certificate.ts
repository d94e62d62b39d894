import { createHash, createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto'

import { KubecredError } from '../errors/kubecred-error.ts'
import { isPrivateKey, pemBlocks, type PemBlock } from './pem.ts'
import { Secret } from './secret.ts'

/** A TLS client certificate with its key: checked to fit each other, and dated. */
export interface ClientCertificate {
  /** The leaf and any intermediates after it, PEM, without blocks of other kinds. */
  readonly certificatePem: string
  /** The private key, PKCS#8 in PEM. */
  readonly privateKeyPem: Secret
  /** Start of the leaf's validity, milliseconds since the epoch. */
  readonly notBefore: number
  /** End of the leaf's validity, milliseconds since the epoch. */
  readonly notAfter: number
  /** Subject of the leaf, one attribute after the other: `O=system:masters, CN=alice`; may be ''. */
  readonly subject: string
  /** SHA-256 over the whole chain; tells two identities apart and is safe to log. */
  readonly fingerprint: string
}

/**
 * Reads a certificate chain and its key as Go's `tls.X509KeyPair` does: PEM blocks of other kinds
 * are passed over, the first certificate is the leaf, the key may be PKCS#1, SEC 1 or PKCS#8.
 *
 * @throws {@link KubecredError} `ERR_CREDENTIAL_INVALID`, with Go's words and nothing of the input.
 */
export function readClientCertificate(
  certificatePem: string,
  privateKeyPem: string,
): ClientCertificate {
  const blocks = pemBlocks(certificatePem)
  const chain = blocks.filter(({ type }) => type === 'CERTIFICATE').map(({ der }) => der)
  const [first] = chain
  if (first === undefined) throw noCertificate(blocks)
  const keyBlock = findPrivateKey(privateKeyPem)
  const leaf = readCertificate(first)
  const key = readPrivateKey(keyBlock)
  assertMatch(leaf, key)
  // client-go would send them as they are, and the server's words for it say nothing.
  for (const issuer of chain.slice(1)) readCertificate(issuer)
  const hash = createHash('sha256')
  for (const der of chain) hash.update(der)
  return Object.freeze({
    certificatePem: chain.map(pemOf).join(''),
    privateKeyPem: new Secret(key.export({ type: 'pkcs8', format: 'pem' }).toString()),
    notBefore: leaf.validFromDate.getTime(),
    notAfter: leaf.validToDate.getTime(),
    subject: onOneLine(leaf.subject),
    fingerprint: hash.digest('hex'),
  })
}

function assertMatch(leaf: X509Certificate, key: KeyObject): void {
  const [wanted, given] = [leaf.publicKey.asymmetricKeyType ?? '', key.asymmetricKeyType]
  if (!['rsa', 'ec', 'ed25519'].includes(wanted)) throw invalid('tls: unknown public key algorithm')
  if (wanted !== given) throw invalid('tls: private key type does not match public key type')
  if (!leaf.checkPrivateKey(key)) throw invalid('tls: private key does not match public key')
}

function pemOf(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/gu) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}

function noCertificate(blocks: readonly PemBlock[]): KubecredError {
  const [first, ...others] = blocks
  if (first === undefined) return invalid('tls: failed to find any PEM data in certificate input')
  if (others.length === 0 && isPrivateKey(first)) {
    return invalid(
      'tls: failed to find certificate PEM data in certificate input, ' +
        'but did find a private key; PEM inputs may have been switched',
    )
  }
  return invalid('tls: failed to find "CERTIFICATE" PEM block in certificate input')
}

function findPrivateKey(pem: string): PemBlock {
  const blocks = pemBlocks(pem)
  const key = blocks.find(isPrivateKey)
  if (key !== undefined) return key
  const [first, ...others] = blocks
  if (first === undefined) throw invalid('tls: failed to find any PEM data in key input')
  if (others.length === 0 && first.type === 'CERTIFICATE') {
    throw invalid('tls: found a certificate rather than a key in the PEM for the private key')
  }
  throw invalid('tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input')
}

function readCertificate(der: Buffer): X509Certificate {
  try {
    if (isWholeSequence(der)) return new X509Certificate(der)
  } catch {
    // OpenSSL's own words can hold bytes of the input, so they are not passed on as a cause.
  }
  throw invalid('x509: malformed certificate')
}

/** Whether the bytes are one ASN.1 sequence and nothing more; OpenSSL does not mind a tail. */
function isWholeSequence(der: Buffer): boolean {
  const [tag, short = 0] = der
  if (tag !== 0x30) return false
  if (short < 0x80) return der.length === 2 + short
  const size = short - 0x80
  if (size < 1 || size > 4 || der.length < 2 + size) return false
  return der.length === 2 + size + der.readUIntBE(2, size)
}

// The label of a block says little: Go tries all three.
const keyFormats = ['pkcs1', 'pkcs8', 'sec1'] as const

function readPrivateKey({ der, type, encrypted }: PemBlock): KeyObject {
  for (const format of keyFormats) {
    try {
      if (isWholeSequence(der)) return createPrivateKey({ key: der, format: 'der', type: format })
    } catch {
      // The next one.
    }
  }
  const isLocked = encrypted || type.startsWith('ENCRYPTED')
  const why = isLocked ? ': the key is encrypted' : ''
  throw invalid(`tls: failed to parse private key${why}`)
}

// Node has no subject for a certificate whose subject is empty, whatever its types say.
function onOneLine(subject: string | undefined): string {
  return (subject ?? '').split('\n').join(', ')
}

function invalid(message: string): KubecredError {
  return new KubecredError('ERR_CREDENTIAL_INVALID', message)
}
