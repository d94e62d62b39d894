import type { Socket } from 'node:net'

import type { ClientResponse } from './client-response.ts'
import type { RequestHead } from './request-head.ts'

/** A client's request, and where the answer goes. */
export interface ProxiedRequest {
  readonly method: string
  readonly head: RequestHead
  /** Path and query to ask the server for. */
  readonly path: string
  /** Whether the answer is expected to stay open, as that of a watch. */
  readonly endless: boolean
  readonly body: RequestBody | undefined
  /** The connection that it came over. */
  readonly socket: Socket
  readonly response: ClientResponse
  /** Undefined where no other protocol is asked for. */
  readonly upgrade: RequestedUpgrade | undefined
}

/** The body of a request. */
export interface RequestBody {
  /** Whether all of it has come. */
  readonly complete: boolean
  readonly chunks: () => AsyncIterable<Buffer>
}

/** A client's wish for another protocol. */
export interface RequestedUpgrade {
  /** What stands in its `Upgrade` header. */
  readonly protocol: string | undefined
  /** What it sent after the head. */
  readonly head: Buffer
  /** Takes the connection away from the response, which knows nothing of it from here on. */
  readonly detach: () => void
}

/** An answer that the proxy gives itself. */
export interface OwnAnswer {
  readonly statusCode: number
  /** A `Status` in JSON. */
  readonly body: string
}
