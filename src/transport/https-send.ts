import type http from 'node:http'
import type { Socket } from 'node:net'

import type { Clock, Timer } from '../credential/clock.ts'
import { asError, systemCodeOf } from '../errors/kubecred-error.ts'
import { timeoutError } from './connection-error.ts'
import type { HttpsConnections, RawRequest, RunningRequest } from './https-connections.ts'
import type { BodyChunk } from './replay-body.ts'

/** One attempt at a request. */
export interface Attempt extends RawRequest {
  readonly body: Uint8Array | AsyncIterable<BodyChunk> | undefined
  readonly signal: AbortSignal
}

/** How long the steps of an attempt may take, milliseconds. */
export interface AttemptLimits {
  readonly connectTimeoutMs: number
  readonly headersTimeoutMs: number
}

/** An attempt whose response has begun. */
export interface Sent {
  readonly message: http.IncomingMessage
  /** Gives up what is not sent yet; the response stays. */
  abandonUpload(): void
}

/** The body of a request could not be read; that is not the connection's fault. */
export class BodyFailure extends Error {}

/** A kept connection was gone before the request came; the server knows nothing of it. */
export class StaleConnection extends Error {}

/**
 * Sends a request once; fulfilled when the head of the response is there.
 *
 * @throws {@link BodyFailure}, {@link StaleConnection}, {@link KubecredError} `ERR_TIMEOUT`, TypeError
 *   for a header that cannot be sent, or what Node says of the connection.
 */
export async function sendOnce(
  connections: HttpsConnections,
  attempt: Attempt,
  limits: AttemptLimits,
  clock: Clock,
): Promise<Sent> {
  const running = connections.begin(attempt)
  const { request } = running
  const timers = startTimers(running, attempt, limits, clock)
  try {
    const message = await new Promise<http.IncomingMessage>((resolve, reject) => {
      running.onStop(reject)
      stopOnAbort(running, attempt.signal)
      request.once('response', resolve)
      // Not once: what happens after the response began is told by the response itself.
      request.on('error', reject)
      writeBody(request, attempt.body).catch((error: unknown) => {
        reject(new BodyFailure('the body cannot be read', { cause: error }))
        running.stop(asError(error))
      })
    })
    return {
      message,
      abandonUpload() {
        if (!request.writableFinished) request.destroy()
      },
    }
  } catch (error) {
    const code = systemCodeOf(error) ?? ''
    // A caller's reason to abort may have any code.
    const gone = !attempt.signal.aborted && ['ECONNRESET', 'EPIPE'].includes(code)
    const stale = gone && request.reusedSocket
    throw stale ? new StaleConnection('the connection was gone', { cause: error }) : error
  } finally {
    for (const timer of timers()) timer.cancel()
  }
}

function startTimers(
  running: RunningRequest,
  { url }: Attempt,
  { connectTimeoutMs, headersTimeoutMs }: AttemptLimits,
  clock: Clock,
): () => readonly Timer[] {
  const { request } = running
  const within = (ms: number, what: string): Timer =>
    clock.after(ms, () => {
      running.stop(timeoutError(url.href, ms, what))
    })
  const timers = [within(connectTimeoutMs, 'connection')]
  let over = false
  request.once('socket', (socket) => {
    whenConnected(socket, request.reusedSocket, () => timers[0]?.cancel())
  })
  // An upload may take as long as it likes, also longer than the response is in coming.
  request.once('finish', () => {
    if (!over) timers.push(within(headersTimeoutMs, 'response'))
  })
  return () => {
    over = true
    return timers
  }
}

function whenConnected(socket: Socket, reused: boolean, then: () => void): void {
  const securing = 'secureConnecting' in socket && socket.secureConnecting === true
  // A stream that was dialled, and is used as it is, stands already, and never says so.
  if (reused || (!securing && !socket.connecting)) then()
  else socket.once(securing ? 'secureConnect' : 'connect', then)
}

function stopOnAbort(running: RunningRequest, signal: AbortSignal): void {
  const onAbort = (): void => {
    running.stop(asError(signal.reason))
  }
  if (signal.aborted) onAbort()
  signal.addEventListener('abort', onAbort, { once: true })
  running.request.once('close', () => {
    signal.removeEventListener('abort', onAbort)
  })
}

async function writeBody(request: http.ClientRequest, body: Attempt['body']): Promise<void> {
  if (body === undefined || body instanceof Uint8Array) {
    request.end(body)
    return
  }
  for await (const chunk of body) {
    if (request.destroyed) return
    if (!request.write(chunk)) await drained(request)
  }
  request.end()
}

async function drained(request: http.ClientRequest): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      request.off('drain', done).off('close', done)
      resolve()
    }
    request.on('drain', done).on('close', done)
  })
}
