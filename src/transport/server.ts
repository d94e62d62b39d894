import type { OutboundProxy } from './outbound-proxy.ts'

/** The server that a connection is made to, and how its identity is proved. */
export interface ServerTarget {
  /** `https://host:port`, with a path where the server lives below one. */
  readonly url: string
  /**
   * PEM of the authorities to trust; undefined for the machine's own. It is looked at for each request:
   * when it is another, as one behind a getter may be, requests go over new connections.
   */
  readonly certificateAuthorityPem: string | undefined
  /**
   * Calls `listener` whenever `certificateAuthorityPem` has become another, until the function that comes
   * back is called: for what is open while there is no request. Default: requests alone notice it.
   */
  onAuthorityChange?(listener: () => void): () => void
  /** Name to ask for and to verify instead of the URL's host; '' for the URL's. */
  readonly tlsServerName: string
  /** Takes whatever certificate the server shows. Anybody on the way can then read the token. */
  readonly insecureSkipTlsVerify: boolean
  /** The proxy on the way to it. Default: none. */
  readonly proxy?: OutboundProxy | undefined
}

/** Whether a credential may be sent there: only TLS keeps it from others. */
export function isSecure(server: ServerTarget): boolean {
  return new URL(server.url).protocol === 'https:'
}
