import type { ServerConfig } from '../kubeconfig/connection-config.ts'
import type { OutboundProxy } from '../transport/outbound-proxy.ts'
import type { ServerTarget } from '../transport/server.ts'

/**
 * The server as the transports know it.
 *
 * @param authority The bytes of the certificate authority.
 * @param proxy The proxy on the way.
 */
export function serverTarget(
  server: ServerConfig,
  authority: Uint8Array | undefined,
  proxy: OutboundProxy | undefined,
): ServerTarget {
  return {
    url: server.url,
    certificateAuthorityPem:
      authority === undefined ? undefined : Buffer.from(authority).toString('latin1'),
    tlsServerName: server.tlsServerName,
    insecureSkipTlsVerify: server.insecureSkipTlsVerify,
    proxy,
  }
}
