import { systemCodeOf } from '../errors/kubecred-error.ts'
import { atLeastZero } from '../errors/number-option.ts'

/** When a request is sent again by itself. */
export interface RetryOptions {
  /** Most times that one request is sent again; 0 for never. Default: 10. */
  readonly max?: number | undefined
  /**
   * Longest wait that a `Retry-After` may ask for, milliseconds; an answer that asks for more is
   * passed on at once. The API server itself asks for 32 s at most. Default: 60 000.
   */
  readonly maxWaitMs?: number | undefined
}

/** The option that connections and requests have. */
export interface RetryChoice {
  /**
   * When a request is sent again by itself, as client-go does it: after a 429 or a 5xx that says
   * `Retry-After` in seconds, and, for a GET, one second after its connection was lost before the
   * head of an answer; only if its body can be sent again. `false` for never. What a request leaves
   * out is as its connection has it. Default: up to 10 times.
   */
  readonly retries?: RetryOptions | false | undefined
}

/** {@link RetryOptions} with nothing left out. */
export interface RetryRules {
  readonly max: number
  readonly maxWaitMs: number
}

const defaults: RetryRules = { max: 10, maxWaitMs: 60_000 }

/**
 * Checks the option and fills in what is missing.
 *
 * @param otherwise What holds where the option says nothing.
 * @throws TypeError for a number that cannot be one.
 */
export function readRetries(
  retries: RetryOptions | false | undefined,
  otherwise: RetryRules = defaults,
): RetryRules {
  if (retries === undefined) return otherwise
  if (retries === false) return { ...otherwise, max: 0 }
  return {
    max: atLeastZero('retries.max', retries.max ?? otherwise.max),
    maxWaitMs: atLeastZero('retries.maxWaitMs', retries.maxWaitMs ?? otherwise.maxWaitMs),
  }
}

/** What came of an attempt. */
export type Outcome =
  | {
      readonly statusCode: number
      /** The header `Retry-After`; the first one counts. */
      readonly retryAfter: string | readonly string[] | undefined
      readonly error?: never
    }
  /** It failed before the head of an answer came. */
  | { readonly error: unknown; readonly statusCode?: never; readonly retryAfter?: never }

/** A request, and how often it went out again. */
export interface Tried {
  readonly method: string
  /** Times that it was sent again so far; a replay after a 401 is none. */
  readonly retries: number
  /** Whether it would go out with the same bytes. */
  readonly canResend: boolean
}

/**
 * Whether a request is sent again, by client-go's rules.
 *
 * @returns Milliseconds to wait before that; undefined when the outcome is the caller's.
 */
export function retryDelay(outcome: Outcome, tried: Tried, rules: RetryRules): number | undefined {
  const waitMs =
    outcome.statusCode === undefined
      ? lostDelay(outcome.error, tried.method)
      : askedDelay(outcome.statusCode, outcome.retryAfter)
  if (waitMs === undefined || waitMs > rules.maxWaitMs) return undefined
  return tried.canResend && tried.retries < rules.max ? waitMs : undefined
}

// What client-go waits where no server says how long.
const lostMs = 1000

// The server's side is gone, or that of something on the way; not: nothing listens, it does not
// answer, its certificate is not good. `UND_ERR_SOCKET` is undici's for a connection that was closed.
const lost: ReadonlySet<string | undefined> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])

// Of what else a server may have carried out already, nobody knows whether it may happen twice.
function lostDelay(error: unknown, method: string): number | undefined {
  return method === 'GET' && lost.has(systemCodeOf(error)) ? lostMs : undefined
}

function askedDelay(statusCode: number, header: Outcome['retryAfter']): number | undefined {
  if (statusCode !== 429 && statusCode < 500) return undefined
  const text = typeof header === 'object' ? header[0] : header
  // As Go reads a number; a date is none, and neither is a fraction.
  if (text === undefined || !/^[+-]?\d+$/u.test(text)) return undefined
  const seconds = Number(text)
  if (Math.abs(seconds) >= 2 ** 63) return undefined
  return Math.max(seconds, 0) * 1000
}
