import type { Clock } from '../credential/clock.ts'
import { KubecredError } from '../errors/kubecred-error.ts'
import { connectionError } from './connection-error.ts'
import { HeldBody } from './held-body.ts'
import type { Answer, HttpsExchange } from './https-exchange.ts'
import { pause, publishRetry } from './retry-pause.ts'
import { retryDelay, type Outcome, type RetryRules } from './retry-rules.ts'

/** What {@link sendWithRetries} needs beside the request. */
export interface RetryTools {
  readonly rules: RetryRules
  readonly clock: Clock
  /** URL of the server, for events and errors. */
  readonly server: string
  /** Ends the request, also while it waits. */
  readonly signal: AbortSignal
}

/**
 * Sends a request until its answer is one for the caller.
 *
 * @param send Sends it once, with whatever a 401 asks for.
 * @throws What the last `send` failed with; when it is another failure than that before, a
 *   {@link KubecredError} that tells both. The signal's reason.
 */
export async function sendWithRetries(
  exchange: HttpsExchange,
  send: () => Promise<Answer>,
  { rules, clock, server, signal }: RetryTools,
): Promise<Answer> {
  let failure: unknown
  for (let retries = 0; ; retries++) {
    const { answer, error } = await outcomeOf(send)
    const outcome: Outcome =
      answer === undefined
        ? { error }
        : {
            statusCode: answer.response.statusCode,
            retryAfter: answer.response.headers['retry-after'],
          }
    const { method } = exchange
    const tried = { method, retries, canResend: !signal.aborted && exchange.canResend() }
    const waitMs = retryDelay(outcome, tried, rules)
    if (waitMs === undefined) {
      if (answer !== undefined) return answer
      throw withPrevious(error, failure, server)
    }
    const until = clock.now() + waitMs
    publishRetry(server, tried, outcome, waitMs)
    if (answer === undefined) failure = error
    else await discard(answer, clock)
    // The clock may have been set back.
    await pause(Math.min(until - clock.now(), waitMs), clock, signal)
  }
}

type Attempted =
  | { readonly answer: Answer; readonly error?: never }
  | { readonly error: unknown; readonly answer?: never }

async function outcomeOf(send: () => Promise<Answer>): Promise<Attempted> {
  try {
    return { answer: await send() }
  } catch (error) {
    return { error }
  }
}

// Read to its end, if that is near, so that its connection serves again.
async function discard({ response, abandonUpload }: Answer, clock: Clock): Promise<void> {
  const held = new HeldBody(response.body)
  await held.settle(clock)
  held.discard()
  abandonUpload()
}

// In client-go's words.
function withPrevious(error: unknown, previous: unknown, server: string): unknown {
  if (previous === undefined) return error
  const last = connectionError(error, server)
  const before = connectionError(previous, server)
  if (!(last instanceof KubecredError && before instanceof KubecredError)) return error
  if (last.message === before.message) return error
  const message = `${last.message} - error from a previous attempt: ${before.message}`
  const { code, hint, details } = last
  return new KubecredError(code, message, { cause: last, hint, details })
}
