import { KubecredError } from '../errors/kubecred-error.ts'
import type { ServerConfig } from '../kubeconfig/connection-config.ts'
import type { ServerTarget } from '../transport/server.ts'

/**
 * The server as the transports know it.
 *
 * @param authority The bytes of the certificate authority.
 * @param ownDial Whether the caller opens the connections, and so passes any proxy itself.
 * @throws {@link KubecredError} `ERR_TRANSPORT_CONFIG` for a proxy.
 */
export function serverTarget(
  server: ServerConfig,
  authority: Uint8Array | undefined,
  ownDial: boolean,
): ServerTarget {
  if (server.proxyUrl !== '' && !ownDial) throw proxyError()
  // As in client-go, nothing that is said of trust counts without TLS, not even a contradiction.
  if (!server.url.startsWith('https:')) {
    return {
      url: server.url,
      certificateAuthorityPem: undefined,
      tlsServerName: '',
      insecureSkipTlsVerify: false,
    }
  }
  return {
    url: server.url,
    certificateAuthorityPem:
      authority === undefined ? undefined : Buffer.from(authority).toString('latin1'),
    tlsServerName: server.tlsServerName,
    insecureSkipTlsVerify: server.insecureSkipTlsVerify,
  }
}

// Going past a proxy that the kubeconfig asks for would be worse than not going at all.
function proxyError(): KubecredError {
  return new KubecredError('ERR_TRANSPORT_CONFIG', 'proxy-url is not supported yet', {
    hint: 'give a `connect` function that opens a stream through the proxy',
  })
}
