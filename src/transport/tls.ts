import { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import {
  checkServerIdentity,
  createSecureContext,
  type PeerCertificate,
  type SecureContext,
} from 'node:tls'

import type { ClientCertificate } from '../credential/client-certificate.ts'
import { KubecredError } from '../errors/kubecred-error.ts'
import { machineAuthorities } from './authorities.ts'
import type { ServerTarget } from './server.ts'

/** TLS settings of one identity, as Node's `tls.connect` takes them. */
export interface TlsSettings {
  /** Made once for each identity: it costs more than a request. */
  readonly secureContext: SecureContext
  /** Name to ask for and to verify; undefined for the host of the connection, '' to ask for none. */
  readonly servername: string | undefined
  /** Verifies an address in place of a name, which cannot be asked for. */
  readonly checkServerIdentity?: (host: string, certificate: PeerCertificate) => Error | undefined
  readonly rejectUnauthorized: boolean
}

/**
 * The TLS settings for a server, with a client certificate or without.
 *
 * @throws {@link KubecredError} `ERR_TRANSPORT_CONFIG` when the authority cannot be read.
 */
export function tlsSettings(
  server: ServerTarget,
  certificate: ClientCertificate | undefined,
): TlsSettings {
  const { certificateAuthorityPem, insecureSkipTlsVerify, tlsServerName } = server
  return {
    secureContext: secureContext(certificateAuthorityPem, certificate),
    rejectUnauthorized: !insecureSkipTlsVerify,
    ...expectedName(tlsServerName),
  }
}

function expectedName(
  tlsServerName: string,
): Pick<TlsSettings, 'servername' | 'checkServerIdentity'> {
  if (tlsServerName === '') return { servername: undefined }
  const servername = serverNameOf(tlsServerName)
  if (servername !== '') return { servername }
  const address = tlsServerName.replace(/^\[|\]$/gu, '')
  return {
    servername,
    checkServerIdentity: (_host, certificate) => checkServerIdentity(address, certificate),
  }
}

/**
 * Says at once what {@link tlsSettings} would say at the first request.
 *
 * @throws {@link KubecredError} `ERR_TRANSPORT_CONFIG` when the authority is no certificate, or is
 *   given together with the wish not to verify; both in client-go's words.
 */
export function assertTlsSettings(server: ServerTarget): void {
  const { certificateAuthorityPem: ca, insecureSkipTlsVerify } = server
  if (ca === undefined) return
  if (insecureSkipTlsVerify) {
    throw new KubecredError(
      'ERR_TRANSPORT_CONFIG',
      'specifying a root certificates file with the insecure flag is not allowed',
      { hint: 'drop insecure-skip-tls-verify: with the authority the server can be verified' },
    )
  }
  assertAuthority(ca)
}

/** @throws {@link KubecredError} `ERR_TRANSPORT_CONFIG` for PEM that does not begin with a certificate. */
function assertAuthority(pem: string): void {
  try {
    // A secure context says nothing of what it cannot read, and then trusts nobody.
    void new X509Certificate(pem)
  } catch (error) {
    throw badAuthority(error)
  }
}

/** The name to ask for in a handshake: the host, but nothing for an address. */
export function serverNameOf(host: string): string {
  return isIP(host.replace(/^\[|\]$/gu, '')) === 0 ? host : ''
}

function secureContext(
  ca: string | undefined,
  certificate: ClientCertificate | undefined,
): SecureContext {
  try {
    return createSecureContext({
      minVersion: 'TLSv1.2',
      ca: ca ?? [...machineAuthorities()],
      ...(certificate === undefined
        ? {}
        : { cert: certificate.certificatePem, key: certificate.privateKeyPem.reveal() }),
    })
  } catch (error) {
    if (certificate === undefined) throw badAuthority(error)
    // Throws the other error when it is the authority that OpenSSL refuses.
    secureContext(ca, undefined)
    throw badCertificate(error)
  }
}

function badCertificate(cause: unknown): KubecredError {
  return new KubecredError('ERR_CREDENTIAL_INVALID', 'the client certificate cannot be used', {
    cause,
    hint: 'OpenSSL refuses it: its key may be too small, or its signature too weak',
  })
}

function badAuthority(cause: unknown): KubecredError {
  return new KubecredError(
    'ERR_TRANSPORT_CONFIG',
    'unable to load root certificates: unable to parse bytes as PEM block',
    { cause, hint: 'certificate-authority must hold PEM certificates' },
  )
}
