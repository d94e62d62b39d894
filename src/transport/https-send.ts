import type http from 'node:http'
import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

import type { Clock, Timer } from '../credential/clock.ts'
import { asError } from '../errors/kubecred-error.ts'
import { timeoutError } from './connection-error.ts'
import type { HttpsConnections, RawRequest, RunningRequest } from './https-connections.ts'
import type { BodyChunk } from './replay-body.ts'

/** One attempt at a request. */
export interface Attempt extends RawRequest {
  readonly body: string | Uint8Array | AsyncIterable<BodyChunk> | undefined
  readonly signal: AbortSignal | undefined
}

/** How long the steps of an attempt may take, milliseconds. */
export interface AttemptLimits {
  readonly connectTimeoutMs: number
  readonly headersTimeoutMs: number
}

/** Sends a request once; the promise is fulfilled when the head of the response is there. */
export async function sendOnce(
  connections: HttpsConnections,
  attempt: Attempt,
  limits: AttemptLimits,
  clock: Clock,
): Promise<http.IncomingMessage> {
  const running = connections.begin(attempt)
  const { request } = running
  const server = attempt.url.href
  const { connectTimeoutMs, headersTimeoutMs } = limits
  const connecting = clock.after(connectTimeoutMs, () => {
    request.destroy(timeoutError(server, connectTimeoutMs, 'connection'))
  })
  const answering = clock.after(headersTimeoutMs, () => {
    request.destroy(timeoutError(server, headersTimeoutMs, 'response'))
  })
  request.once('socket', (socket) => {
    whenConnected(socket, request.reusedSocket, connecting)
  })
  stopOnAbort(running, attempt.signal)
  try {
    return await new Promise((resolve, reject) => {
      request.once('response', resolve)
      // Not once: what happens after the response began is told by the response itself.
      request.on('error', reject)
      void writeBody(request, attempt.body)
    })
  } finally {
    connecting.cancel()
    answering.cancel()
  }
}

function whenConnected(socket: Socket, reused: boolean, timer: Timer): void {
  const encrypted = 'encrypted' in socket
  if (reused) timer.cancel()
  else socket.once(encrypted ? 'secureConnect' : 'connect', timer.cancel)
}

function stopOnAbort(running: RunningRequest, signal: AbortSignal | undefined): void {
  if (signal === undefined) return
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
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) {
    request.end(body)
    return
  }
  try {
    await pipeline(Readable.from(body, { objectMode: false }), request)
  } catch (error) {
    // A body that fails fails its request; one that nobody reads any more is of no interest.
    request.destroy(error instanceof Error ? error : undefined)
  }
}
