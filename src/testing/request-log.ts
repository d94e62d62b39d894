import type { IncomingHttpHeaders } from 'node:http'

/** A request as the fake API server saw it; fields fill in while it is served. */
export interface LoggedRequest {
  readonly method: string
  /** Path with its query. */
  readonly path: string
  /** Names in lower case; without the pseudo headers of HTTP/2. With the credential, if any. */
  readonly headers: IncomingHttpHeaders
  /** Names and values by turns, as they came; tells repeated headers apart. */
  readonly rawHeaders: readonly string[]
  readonly httpVersion: '1.0' | '1.1' | '2.0'
  /**
   * Name of the authenticated user, after impersonation; `system:anonymous` for one who was let in
   * without credentials, undefined for one who was not.
   */
  readonly user: string | undefined
  /** Status of the response; undefined until its head was sent, or when none was. */
  readonly statusCode: number | undefined
  /** SHA-256 of the client's certificate, hexadecimal in lower case; also for one not accepted. */
  readonly clientCertificateFingerprint: string | undefined
  /** Subject of that certificate, one attribute after the other: `O=devs, CN=alice`. */
  readonly clientCertificateSubject: string | undefined
  readonly tlsSessionReused: boolean
  /** Server name that the client asked for in the handshake (SNI). */
  readonly tlsServerName: string | undefined
  /** Number of the TLS connection, counted from 1. */
  readonly connectionId: number
  /** Bytes of the request body that came so far. */
  readonly bodyLength: number
  /** SHA-256 of the whole body, hexadecimal; undefined until its end has come. */
  readonly bodySha256: string | undefined
}

/** A {@link LoggedRequest} in the hands of the server. */
export type RequestEntry = { -readonly [Field in keyof LoggedRequest]: LoggedRequest[Field] }
