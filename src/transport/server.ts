import type { Duplex } from 'node:stream'

/** The server that a connection is made to, and how its identity is proved. */
export interface ServerTarget {
  /** `https://host:port`, with a path where the server lives below one. */
  readonly url: string
  /** PEM of the authorities to trust; undefined for the machine's own. */
  readonly certificateAuthorityPem: string | undefined
  /** Name to ask for and to verify instead of the URL's host; '' for the URL's. */
  readonly tlsServerName: string
  /** Takes whatever certificate the server shows. Anybody on the way can then read the token. */
  readonly insecureSkipTlsVerify: boolean
}

/** Where a byte stream to the server must lead. */
export interface DialTarget {
  readonly host: string
  readonly port: number
  /** Aborted when the connection took too long or is not needed any more. */
  readonly signal: AbortSignal
}

/**
 * Opens the byte stream under a connection: a tunnel, a socket of your own. TLS runs over it and is
 * Kubecred's, so that certificates rotate whatever carries them.
 */
export type Dial = (target: DialTarget) => Promise<Duplex>

/** Whether credentials may be sent there: only TLS keeps them secret. */
export function isSecure(server: ServerTarget): boolean {
  return new URL(server.url).protocol === 'https:'
}
