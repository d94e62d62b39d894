import { KubecredError, type ErrorCode } from '../doors/index.ts'
import type { OwnAnswer } from '../proxy/proxied-request.ts'
import { describeError } from './report-error.ts'

/** What to answer when the request did not get through, or no answer came back. */
export function proxyFailure(error: unknown): OwnAnswer {
  const { statusCode, reason } = kindOf(error)
  const message = failureWords(error)
  const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure' }
  const body = { ...status, message, reason, ...detailsOf(error), code: statusCode }
  return { statusCode, body: `${JSON.stringify(body)}\n` }
}

/** What failed, and what to do about it. */
export function failureWords(error: unknown): string {
  const { hint } = describeError(error)
  const words = failureItself(error)
  // These two would name options of the library.
  const followed = isOfTheLibrary(error) ? undefined : hint
  return followed === undefined ? words : `${words} (${followed})`
}

/** What failed, in words that are the same as long as it is the same failure. */
export function failureItself(error: unknown): string {
  const { what, why } = describeError(error)
  return error instanceof KubecredError ? what : `Unable to connect to the server: ${why ?? what}`
}

/**
 * When it is worth while to ask again. Not as the header `Retry-After`: client-go would wait and ask again
 * by itself, ten times, while whoever started kubectl looks at nothing and could long have logged in.
 */
function detailsOf(error: unknown): { readonly details?: { readonly retryAfterSeconds: number } } {
  const retryInMs = error instanceof KubecredError ? error.details.retryInMs : undefined
  if (retryInMs === undefined) return {}
  return { details: { retryAfterSeconds: Math.ceil(retryInMs / 1000) } }
}

const badGateway = { statusCode: 502, reason: 'BadGateway' }
const timeout = { statusCode: 504, reason: 'Timeout' }
const unavailable = { statusCode: 503, reason: 'ServiceUnavailable' }

const kinds: ReadonlyMap<string, typeof badGateway> = new Map<
  ErrorCode | `UND_${string}`,
  typeof badGateway
>([
  ['ERR_TIMEOUT', timeout],
  ['ERR_RENEWAL_DEADLINE', timeout],
  ['UND_ERR_CONNECT_TIMEOUT', timeout],
  ['UND_ERR_HEADERS_TIMEOUT', timeout],
  ['UND_ERR_BODY_TIMEOUT', timeout],
  ['ERR_STREAM_LIMIT', unavailable],
  ['ERR_CLOSED', unavailable],
])

function isOfTheLibrary(error: unknown): boolean {
  return error instanceof KubecredError && /`connections`|maxStreams/u.test(error.hint ?? '')
}

function kindOf(error: unknown): typeof badGateway {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return kinds.get(code) ?? badGateway
}
