import type { Clock } from '../credential/clock.ts'
import { publish } from '../events/channels.ts'
import { systemCodeOf } from '../errors/kubecred-error.ts'
import type { Outcome, Tried } from './retry-rules.ts'

/** Tells that a request will be sent again. */
export function publishRetry(
  server: string,
  { method, retries }: Tried,
  outcome: Outcome,
  waitMs: number,
): void {
  publish('kubecred:transport:retry', () => ({
    server,
    method,
    attempt: retries + 1,
    waitMs,
    statusCode: outcome.statusCode,
    errorCode: outcome.statusCode === undefined ? systemCodeOf(outcome.error) : undefined,
  }))
}

/**
 * Waits; the process stays alive meanwhile.
 *
 * @throws The signal's reason, at once when it is aborted.
 */
export async function pause(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  if (ms <= 0) return
  const { promise, resolve } = Promise.withResolvers<void>()
  const onAbort = (): void => {
    resolve()
  }
  const timer = clock.after(ms, resolve)
  timer.hold()
  signal.addEventListener('abort', onAbort, { once: true })
  await promise
  timer.cancel()
  signal.removeEventListener('abort', onAbort)
  signal.throwIfAborted()
}
