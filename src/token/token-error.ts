import { membersOf, parseJson } from '../api/json-shape.ts'
import { statusOf } from '../api/server-status.ts'
import { KubecredError } from '../errors/kubecred-error.ts'
import { tokenRefusalHint } from '../api/token-request.ts'
import { headerValues, type TokenClientAnswer } from '../api/token-client.ts'

/**
 * The value in an answer.
 *
 * @throws {@link KubecredError} `ERR_TOKEN_REQUEST` for an answer that refuses.
 */
export function objectIn(answer: TokenClientAnswer, method: 'GET' | 'POST'): unknown {
  const { statusCode, body } = answer
  if (statusCode < 200 || statusCode > 299) throw refusal(answer, method)
  return parseJson(body)
}

/** Whether it is an API server's own answer, and not that of something before it. */
export function isStatus({ body }: TokenClientAnswer): boolean {
  return membersOf(parseJson(body))['kind'] === 'Status'
}

function refusal(answer: TokenClientAnswer, method: string): KubecredError {
  const { statusCode, body } = answer
  const contentType = headerValues(answer, 'content-type')[0] ?? ''
  const status = statusOf({ method, statusCode, contentType, body })
  const causes = status.causes.map(({ field, message }) => `${field}: ${message}`).join(', ')
  const message = status.message === '' ? causes : status.message
  const retryAfterMs = retryAfterMsOf(answer)
  return new KubecredError('ERR_TOKEN_REQUEST', message === '' ? `status ${statusCode}` : message, {
    hint: tokenRefusalHint(statusCode),
    details: {
      statusCode,
      ...(status.reason === '' ? {} : { reason: status.reason }),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    },
  })
}

// Whole seconds, as API servers and client-go have it.
function retryAfterMsOf(answer: TokenClientAnswer): number | undefined {
  const text = headerValues(answer, 'retry-after')[0]
  if (text === undefined || !/^\d{1,9}$/u.test(text)) return undefined
  return Number(text) * 1000
}

/** Whether a failure says that the server itself is not well, so that to ask for more is no use. */
export function isOfTheServer(error: unknown): boolean {
  if (!(error instanceof KubecredError) || error.details.statusCode === undefined) return true
  return error.details.statusCode >= 500 || error.details.statusCode === 429
}
