import type { ProxyExchange } from './exchange.ts'

/** A request that the proxy did not pass on, for a log. */
export interface ProxyRefusal {
  readonly method: string
  /** What stands in the request line. */
  readonly url: string
  readonly statusCode: number
  /** What the client is told. */
  readonly words: string
}

/** An answer of the proxy, for a log. */
export interface ProxyAnswer {
  readonly method: string
  /** Path and query, as the server was asked. */
  readonly path: string
  readonly statusCode: number
  readonly durationMs: number
}

/** What a log is told of an exchange that is over. */
export function answerOf(
  { client, statusCode, startedAt }: ProxyExchange,
  now: number,
): ProxyAnswer {
  const { method, path } = client
  return { method, path, statusCode, durationMs: now - startedAt }
}
