import type { Clock } from '../credential/clock.ts'
import { onceAborted } from '../credential/leaving.ts'
import { KubecredError, messageOf } from '../errors/kubecred-error.ts'
import type { TokenClient, TokenClientAnswer, TokenClientRequest } from '../api/token-client.ts'

/**
 * Sends a request, and waits for its answer no longer than so many milliseconds, also when the client
 * does not heed its signal.
 *
 * @throws {@link KubecredError} `ERR_TIMEOUT`; `ERR_CONNECTION` for what the client throws, unless that is a
 *   KubecredError itself. The reason of the signal.
 */
export async function sendWithin(
  ms: number,
  clock: Clock,
  client: TokenClient,
  request: TokenClientRequest,
): Promise<TokenClientAnswer> {
  request.signal.throwIfAborted()
  const stop = new AbortController()
  const { promise: stopped, reject } = Promise.withResolvers<never>()
  const end = (reason: unknown): void => {
    stop.abort(reason)
    reject(reason)
  }
  const timer = clock.after(ms, () => end(timeoutError(ms, request)))
  const unfollow = onceAborted(request.signal, () => end(request.signal.reason))
  try {
    return await Promise.race([client({ ...request, signal: stop.signal }), stopped])
  } catch (error) {
    if (stop.signal.aborted || error instanceof KubecredError) throw error
    throw new KubecredError('ERR_CONNECTION', messageOf(error), { cause: error })
  } finally {
    timer.cancel()
    unfollow()
  }
}

function timeoutError(ms: number, { method, path }: TokenClientRequest): KubecredError {
  return new KubecredError('ERR_TIMEOUT', `${method} ${path}: no answer within ${ms / 1000} s`, {
    hint: 'the time is the option "requestTimeoutMs"',
  })
}
