import type { Duplex } from 'node:stream'
import type { IncomingHttpHeaders } from 'node:http'

import type { Dispatcher } from 'undici'

/**
 * The handler that undici 7's own API and the `fetch` built into Node up to 24 pass to a dispatcher.
 * undici 8 does not take it.
 */
export interface LegacyHandler {
  onConnect?(abort: (reason?: Error) => void, context: unknown): void
  onUpgrade?(status: number, headers: Buffer[], socket: Duplex): void
  onHeaders?(status: number, headers: Buffer[], resume: () => void, text: string): boolean
  onData?(chunk: Buffer): boolean
  onComplete?(trailers: Buffer[]): void
  onError?(error: Error): void
  onBodySent?(chunk: Buffer): void
  onRequestSent?(): void
  onResponseStarted?(): void
}

/** A handler in either shape, as a dispatcher gets it. */
export type AnyHandler = Dispatcher.DispatchHandler | LegacyHandler

/** The handler in the shape of undici 8; one that has it already comes back as it is. */
export function modernHandler(handler: AnyHandler): Dispatcher.DispatchHandler {
  return isLegacy(handler) ? new ModernizedHandler(handler) : handler
}

function isLegacy(handler: AnyHandler): handler is LegacyHandler {
  return !('onRequestStart' in handler) && 'onConnect' in handler
}

// Explicit methods, not a copy: the old handlers are classes that write to `this`.
class ModernizedHandler implements Dispatcher.DispatchHandler {
  readonly #old: LegacyHandler

  constructor(old: LegacyHandler) {
    this.#old = old
  }

  onRequestStart(controller: Dispatcher.DispatchController, context: unknown): void {
    const abort = (reason?: Error): void => {
      controller.abort(reason ?? new DOMException('This operation was aborted', 'AbortError'))
    }
    this.#old.onConnect?.(abort, context)
  }

  onRequestUpgrade(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
    socket: Duplex,
  ): void {
    this.#old.onUpgrade?.(status, rawHeaders(controller.rawHeaders, headers), socket)
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
    text = '',
  ): void {
    const raw = rawHeaders(controller.rawHeaders, headers)
    const resume = (): void => {
      controller.resume()
    }
    if (this.#old.onHeaders?.(status, raw, resume, text) === false) controller.pause()
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#old.onData?.(chunk) === false) controller.pause()
  }

  onResponseEnd(controller: Dispatcher.DispatchController, trailers: IncomingHttpHeaders): void {
    this.#old.onComplete?.(rawHeaders(controller.rawTrailers, trailers))
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#old.onError?.(error)
  }

  onBodySent(chunk: Buffer): void {
    this.#old.onBodySent?.(chunk)
  }

  onRequestSent(): void {
    this.#old.onRequestSent?.()
  }

  onResponseStarted(): void {
    this.#old.onResponseStarted?.()
  }
}

// Over HTTP/1.1 undici keeps the headers as they came; over HTTP/2 it has an object only.
function rawHeaders(
  raw: Dispatcher.DispatchController['rawHeaders'],
  headers: IncomingHttpHeaders | null | undefined,
): Buffer[] {
  if (Array.isArray(raw)) return raw.map((item) => bytes(item))
  return Object.entries(headers ?? {}).flatMap(([name, value]) => {
    const values = Array.isArray(value) ? value : [value ?? '']
    return values.flatMap((one) => [bytes(name), bytes(one)])
  })
}

function bytes(text: string | Buffer): Buffer {
  return typeof text === 'string' ? Buffer.from(text, 'latin1') : text
}
