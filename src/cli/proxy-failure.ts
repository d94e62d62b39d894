import { KubecredError, type ErrorCode } from '../doors/index.ts'
import type { OwnAnswer } from '../proxy/proxied-request.ts'
import { describeError } from './report-error.ts'

/** What to answer when the request did not get through, or no answer came back. */
export function proxyFailure(error: unknown): OwnAnswer {
  const { statusCode, reason } = kindOf(error)
  const { what, why, hint } = describeError(error)
  // These two would name options of the library.
  const followed = isOfTheLibrary(error) ? undefined : hint
  const words =
    error instanceof KubecredError ? what : `Unable to connect to the server: ${why ?? what}`
  const message = followed === undefined ? words : `${words} (${followed})`
  return {
    statusCode,
    body: `${JSON.stringify({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      reason,
      code: statusCode,
    })}\n`,
  }
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
