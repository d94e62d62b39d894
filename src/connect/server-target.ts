import type { ServerConfig } from '../kubeconfig/connection-config.ts'
import type { OutboundProxy } from '../transport/outbound-proxy.ts'
import type { ServerTarget } from '../transport/server.ts'
import type { Authority } from './authority.ts'

/**
 * The server as the transports know it.
 *
 * @param authority The certificate authority; the target has the one of the moment.
 * @param proxy The proxy on the way.
 */
export function serverTarget(
  server: ServerConfig,
  authority: Pick<Authority, 'current' | 'onChange'>,
  proxy: OutboundProxy | undefined,
): ServerTarget {
  // As in client-go, nothing that is said of trust counts without TLS, not even a contradiction.
  if (!server.url.startsWith('https:')) {
    return {
      url: server.url,
      certificateAuthorityPem: undefined,
      tlsServerName: '',
      insecureSkipTlsVerify: false,
      proxy,
    }
  }
  return {
    url: server.url,
    get certificateAuthorityPem() {
      return authority.current()
    },
    onAuthorityChange: (listener) => authority.onChange(listener),
    tlsServerName: server.tlsServerName,
    insecureSkipTlsVerify: server.insecureSkipTlsVerify,
    proxy,
  }
}
