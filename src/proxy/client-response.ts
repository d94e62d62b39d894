/** Where the answer to a client's request goes: as much of Node's `ServerResponse` as is needed for it. */
export interface ClientResponse {
  /** Whether the connection may carry another request. */
  shouldKeepAlive: boolean
  /** Whether to say when the answer was made. */
  sendDate: boolean
  readonly statusCode: number
  readonly headersSent: boolean
  /** Whether all of it has been given to the system. */
  readonly writableFinished: boolean
  /** @param headers Names and values in turn. */
  writeHead(statusCode: number, headers: string[]): unknown
  /** Sends the head now, and not with the first of the body. */
  flushHeaders(): void
  /** False when it is better to wait for `drain` before there is more. */
  write(chunk: Buffer): boolean
  once(event: 'drain', then: () => void): unknown
  end(): unknown
  end(chunk: string, encoding: 'utf8' | 'latin1'): unknown
  end(chunk: Buffer): unknown
  /** Cuts the connection. */
  destroy(): unknown
}
