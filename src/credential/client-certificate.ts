import { createHash, createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto'

import { KubecredError } from '../errors/kubecred-error.ts'
import { Secret } from './secret.ts'

/** A TLS client certificate with its key: checked to fit each other, and dated. */
export interface ClientCertificate {
  /** The leaf and any intermediates after it, PEM, without blocks of other kinds. */
  readonly certificatePem: string
  /** The private key, PEM, as it was given. */
  readonly privateKeyPem: Secret
  /** Start of the leaf's validity, milliseconds since the epoch. */
  readonly notBefore: number
  /** End of the leaf's validity, milliseconds since the epoch. */
  readonly notAfter: number
  /** Subject of the leaf, one attribute after the other: `O=system:masters, CN=alice`. */
  readonly subject: string
  /** SHA-256 over the whole chain; tells two identities apart and is safe to log. */
  readonly fingerprint: string
}

const certificateBlock = /-----BEGIN CERTIFICATE-----[\sA-Za-z0-9+/=]+-----END CERTIFICATE-----/gu

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
  const blocks = certificatePem.match(certificateBlock)
  if (blocks === null) {
    throw invalid('tls: failed to find any PEM data in certificate input')
  }
  const chain = blocks.map(readCertificate)
  const [leaf] = chain
  if (leaf === undefined) throw invalid('tls: failed to find any PEM data in certificate input')
  if (!leaf.checkPrivateKey(readPrivateKey(privateKeyPem))) {
    throw invalid('tls: private key does not match public key')
  }
  const hash = createHash('sha256')
  for (const certificate of chain) hash.update(certificate.raw)
  return Object.freeze({
    certificatePem: `${blocks.join('\n')}\n`,
    privateKeyPem: new Secret(privateKeyPem),
    notBefore: leaf.validFromDate.getTime(),
    notAfter: leaf.validToDate.getTime(),
    subject: leaf.subject.split('\n').toReversed().join(', '),
    fingerprint: hash.digest('hex'),
  })
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
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/u.test(pem)) {
    throw invalid('tls: failed to find any PEM data in key input')
  }
  if (/ENCRYPTED/u.test(pem)) {
    throw invalid('tls: failed to parse private key: the key is encrypted')
  }
  try {
    return createPrivateKey(pem)
  } catch {
    throw invalid('tls: failed to parse private key')
  }
}

function invalid(message: string): KubecredError {
  return new KubecredError('ERR_CREDENTIAL_INVALID', message)
}
