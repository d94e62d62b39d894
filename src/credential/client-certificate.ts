import { createHash, createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto'

import { KubecredError } from '../errors/kubecred-error.ts'
import { isPrivateKey, pemBlocks, type PemBlock } from './pem.ts'
import { Secret } from './secret.ts'

/** A TLS client certificate with its key: checked to fit each other, and dated. */
export interface ClientCertificate {
  /** The leaf and any intermediates after it, PEM, without blocks of other kinds. */
  readonly certificatePem: string
  /** The private key, PEM, without blocks of other kinds. */
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
  const certificates = blocks.filter(({ type }) => type === 'CERTIFICATE').map(({ text }) => text)
  const chain = certificates.map(readCertificate)
  const [leaf] = chain
  if (leaf === undefined) throw noCertificate(blocks)
  const key = findPrivateKey(privateKeyPem)
  if (!leaf.checkPrivateKey(readPrivateKey(key))) {
    throw invalid('tls: private key does not match public key')
  }
  const hash = createHash('sha256')
  for (const certificate of chain) hash.update(certificate.raw)
  return Object.freeze({
    certificatePem: `${certificates.join('\n')}\n`,
    privateKeyPem: new Secret(`${key}\n`),
    notBefore: leaf.validFromDate.getTime(),
    notAfter: leaf.validToDate.getTime(),
    subject: onOneLine(leaf.subject),
    fingerprint: hash.digest('hex'),
  })
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

function findPrivateKey(pem: string): string {
  const blocks = pemBlocks(pem)
  const key = blocks.find(isPrivateKey)
  if (key !== undefined) return key.text
  const [first, ...others] = blocks
  if (first === undefined) throw invalid('tls: failed to find any PEM data in key input')
  if (others.length === 0 && first.type === 'CERTIFICATE') {
    throw invalid('tls: found a certificate rather than a key in the PEM for the private key')
  }
  throw invalid('tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input')
}

function readCertificate(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem)
  } catch {
    // OpenSSL's own words can hold bytes of the input, so they are not passed on as a cause.
    throw invalid('x509: malformed certificate')
  }
}

function readPrivateKey(pem: string): KeyObject {
  // In the type of the block, or in a header as OpenSSL wrote it before PKCS#8.
  if (/(?:BEGIN |,)ENCRYPTED/u.test(pem)) {
    throw invalid('tls: failed to parse private key: the key is encrypted')
  }
  try {
    return createPrivateKey(pem)
  } catch {
    throw invalid('tls: failed to parse private key')
  }
}

// Node has no subject for a certificate whose subject is empty, whatever its types say.
function onOneLine(subject: string | undefined): string {
  return (subject ?? '').split('\n').join(', ')
}

function invalid(message: string): KubecredError {
  return new KubecredError('ERR_CREDENTIAL_INVALID', message)
}
