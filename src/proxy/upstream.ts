import type { ProxyExchange } from './exchange.ts'
import type { ReceivedHeaders } from './response-head.ts'

/** A cluster, as far as the proxy cares. */
export interface Upstream {
  /** Whether to ask it for gzip on behalf of clients that leave it open, as client-go does. */
  readonly compression: boolean
  /** Sends a request; what becomes of it the exchange is told. */
  send(request: UpstreamRequest, exchange: ProxyExchange): void
  /** A failure of the connection, in words for whoever has to mend it. */
  explain(error: Error): Error
  /** Why a request is given up that got no answer in this time, milliseconds. */
  unanswered(ms: number, isSent: boolean): Error
  /** Nothing of an exchange is open any more. */
  ended(): void
}

/** A request as undici takes it. */
export interface UpstreamRequest {
  readonly method: string
  /** Path and query. */
  readonly path: string
  readonly headers: string[]
  readonly body: AsyncIterable<Buffer> | null
  readonly upgrade: string | null
}

/** What is done with a request upstream: undici's `DispatchController`, as far as it is used. */
export interface UpstreamController {
  readonly rawHeaders?: ReceivedHeaders | null
  pause(): void
  resume(): void
  abort(reason: Error): void
}
