import { membersOf, parseJson } from '../api/json-shape.ts'
import { statusOf } from '../api/server-status.ts'
import type { ErrorCode } from '../errors/codes.ts'
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
  if (statusCode >= 200 && statusCode <= 299) return parseJson(body)
  throw tokenRefusal(answer, method)
}

/** What an answer that refuses a token says, as an error. */
export function tokenRefusal(answer: TokenClientAnswer, method: 'GET' | 'POST'): KubecredError {
  const hint = tokenRefusalHint(answer.statusCode)
  return refusalError(answer, { method, code: 'ERR_TOKEN_REQUEST', hint, mayBeSecret: false })
}

/** Whether an answer says that there is no ServiceAccount of this name, and of nothing else. */
export function saysNoAccount(answer: TokenClientAnswer, name: string): boolean {
  // First the code: a token that came need not be read twice.
  if (answer.statusCode !== 404 || !isStatus(answer)) return false
  const { kind, name: missing } = membersOf(membersOf(parseJson(answer.body))['details'])
  return kind === 'serviceaccounts' && missing === name
}

/** Whether it is an API server's own answer, and not that of something before it. */
export function isStatus({ body }: TokenClientAnswer): boolean {
  return membersOf(parseJson(body))['kind'] === 'Status'
}

/** How a refusal is told. */
export interface RefusalWords {
  readonly method: 'GET' | 'POST'
  readonly code: ErrorCode
  readonly hint: string | undefined
  /** An answer to this may hold a secret: one that does not say that it is for people is not shown. */
  readonly mayBeSecret: boolean
}

/** What an answer that refuses says, as an error. */
export function refusalError(
  answer: TokenClientAnswer,
  { method, code, hint, mayBeSecret }: RefusalWords,
): KubecredError {
  const { statusCode, body } = answer
  const contentType = headerValues(answer, 'content-type')[0] ?? (mayBeSecret ? 'unknown' : '')
  const status = statusOf({ method, statusCode, contentType, body })
  const causes = status.causes.map(({ field, message }) => `${field}: ${message}`).join(', ')
  const message = cut(status.message === '' ? causes : status.message)
  const retryAfterMs = retryAfterMsOf(answer)
  return new KubecredError(code, message === '' ? `status ${statusCode}` : message, {
    hint,
    details: {
      statusCode,
      ...(status.reason === '' ? {} : { reason: cut(status.reason) }),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    },
  })
}

// A failure is kept as long as its cooldown lasts, for each token that was refused.
const longestText = 4096

function cut(text: string): string {
  return text.length > longestText ? `${text.slice(0, longestText)}…` : text
}

// Whole seconds, as API servers and client-go have it.
function retryAfterMsOf(answer: TokenClientAnswer): number | undefined {
  const text = headerValues(answer, 'retry-after')[0]
  if (text === undefined || !/^\d{1,9}$/u.test(text)) return undefined
  return Number(text) * 1000
}

/**
 * Whether a failure says that the server itself is not well, so that to ask for more is no use.
 *
 * No answer, and one that cannot be read, do: what answers for the server, a gateway's page say, does so for all
 * keys alike, and very many would ask it in vain, each by itself. Should one key alone be answered like
 * that, those ahead of need lose a second, since the next good answer for another opens the gate again.
 */
export function isOfTheServer(error: unknown): boolean {
  if (!(error instanceof KubecredError) || error.details.statusCode === undefined) return true
  return error.details.statusCode >= 500 || error.details.statusCode === 429
}
