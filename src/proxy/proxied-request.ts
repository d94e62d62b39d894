import type { IncomingMessage, ServerResponse } from 'node:http'

import type { RequestHead } from './request-head.ts'

/** A client's request, and where the answer goes. */
export interface ProxiedRequest {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly head: RequestHead
  /** Path and query to ask the server for. */
  readonly path: string
  /** What the client sent after the head of an upgrade; undefined for any other request. */
  readonly upgradeHead: Buffer | undefined
  /** Whether the answer is expected to stay open, as that of a watch. */
  readonly endless: boolean
}

/** An answer that the proxy gives itself. */
export interface OwnAnswer {
  readonly statusCode: number
  /** A `Status` in JSON. */
  readonly body: string
}
