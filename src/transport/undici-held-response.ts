import type { IncomingHttpHeaders } from 'node:http'

import type { Dispatcher } from 'undici'

import type { Clock, Timer } from '../credential/clock.ts'
import type { Credential } from '../credential/credential.ts'
import { asError } from '../errors/kubecred-error.ts'
import type { ResponseHead } from './undici-attempt.ts'

// A Status object is far smaller; whatever is larger is not worth keeping back.
const mostBytes = 64 * 1024

// How long a replay waits for the rest of the response before it gives its connection up.
const patienceMs = 1000

/** How a response ended: whole, with its trailers, or broken. */
export type ResponseEnd =
  | { readonly trailers: IncomingHttpHeaders; readonly error?: never }
  | { readonly error: Error; readonly trailers?: never }

/**
 * A 401 that the caller does not see yet, because a better credential may come. Two things are
 * waited for, in either order: the end of the response, which frees its connection, and the answer
 * of the credential source.
 */
export class HeldResponse {
  /** How the response ended; undefined while it is under way. */
  end: ResponseEnd | undefined
  /** The credential to try instead; undefined while the source has not answered. */
  successor: Credential | undefined
  readonly #head: ResponseHead
  readonly #chunks: Buffer[] = []
  #bytes = 0
  #patience: Timer | undefined

  constructor(head: ResponseHead) {
    this.#head = head
  }

  /** Keeps a chunk. False when there is more than is worth keeping. */
  add(chunk: Buffer): boolean {
    this.#chunks.push(chunk)
    this.#bytes += chunk.length
    return this.#bytes <= mostBytes
  }

  /** Calls `giveUp` when the response does not end soon. */
  hurry(clock: Clock, giveUp: () => void): void {
    this.#patience = clock.after(patienceMs, giveUp)
    this.#patience.hold()
  }

  drop(): void {
    this.#patience?.cancel()
  }

  /** Shows the caller what came so far. */
  passTo(handler: Dispatcher.DispatchHandler, controller: Dispatcher.DispatchController): void {
    this.drop()
    const { statusCode, headers, statusText } = this.#head
    handler.onResponseStart?.(controller, statusCode, headers, statusText)
    for (const chunk of this.#chunks) {
      if (!controller.aborted) handler.onResponseData?.(controller, chunk)
    }
  }
}

/** Tells a handler that its response is whole; what it throws it gets as its error, as from undici. */
export function tellEnd(
  handler: Dispatcher.DispatchHandler,
  controller: Dispatcher.DispatchController,
  trailers: IncomingHttpHeaders,
): void {
  try {
    handler.onResponseEnd?.(controller, trailers)
  } catch (error) {
    handler.onResponseError?.(controller, asError(error))
  }
}
