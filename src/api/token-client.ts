/** A request that a token manager wants sent to the API server. */
export interface TokenClientRequest {
  readonly method: 'GET' | 'POST'
  /** Path on the API server: `/api/v1/namespaces/default/serviceaccounts/build/token`. */
  readonly path: string
  /** JSON text; undefined for a GET. It goes out with `content-type: application/json`. */
  readonly body: string | undefined
  /** Aborted when the request has taken too long, or nobody needs it any more. */
  readonly signal: AbortSignal
}

/** What came back, whatever the status code. */
export interface TokenClientAnswer {
  readonly statusCode: number
  /** Headers by name, in any case; those of `fetch` will do. What is read is `retry-after` and `warning`. */
  readonly headers?:
    | Iterable<readonly [string, string]>
    | Readonly<Record<string, string | readonly string[] | undefined>>
    | undefined
  /** The whole body as text. */
  readonly body: string
}

/**
 * Sends one request to the API server, with any HTTP client. It throws when there is no answer; one
 * that refuses is an answer.
 *
 * @example
 * ```ts
 * import { TokenManager, type TokenClient } from 'kubecred/token'
 *
 * const client: TokenClient = async ({ method, path, body, signal }) => {
 *   const headers = { 'content-type': 'application/json' }
 *   const url = new URL(path, 'http://127.0.0.1:8001')
 *   const response = await fetch(url, { method, headers, signal, body: body ?? null })
 *   return { statusCode: response.status, headers: response.headers, body: await response.text() }
 * }
 * const manager = new TokenManager({ client })
 * ```
 */
export type TokenClient = (request: TokenClientRequest) => Promise<TokenClientAnswer>

/** All values of a header, in the order that they came. */
export function headerValues({ headers = [] }: TokenClientAnswer, name: string): string[] {
  const entries = isIterable(headers) ? [...headers] : Object.entries(headers)
  return entries.flatMap(([key, value]) =>
    key.toLowerCase() === name && value !== undefined ? value : [],
  )
}

type Headers = NonNullable<TokenClientAnswer['headers']>

function isIterable(headers: Headers): headers is Extract<Headers, Iterable<unknown>> {
  return Symbol.iterator in headers
}
