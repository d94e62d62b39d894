import type { IncomingHttpHeaders } from 'node:http'

import type { Dispatcher } from 'undici'

/** The connection under an exchange. */
export interface ExchangeConnection {
  pause(): void
  resume(): void
  /** The caller gives the request up. */
  giveUp(exchange: GetExchange): void
}

/** A request and its response on one connection: undici's hold on it, and what its handler is told. */
export class GetExchange implements Dispatcher.DispatchController {
  rawHeaders: string[] | null = null
  rawTrailers: string[] | null = null
  reason: Error | null = null
  paused = false
  readonly #handler: Dispatcher.DispatchHandler
  readonly #connection: ExchangeConnection
  #over = false

  constructor(handler: Dispatcher.DispatchHandler, connection: ExchangeConnection) {
    this.#handler = handler
    this.#connection = connection
  }

  get aborted(): boolean {
    return this.reason !== null
  }

  /** Nothing more is told to its handler. */
  get over(): boolean {
    return this.#over
  }

  abort(reason: Error): void {
    if (this.#over) return
    this.reason = reason
    this.fail(reason)
    this.#connection.giveUp(this)
  }

  pause(): void {
    if (this.#over) return
    this.paused = true
    this.#connection.pause()
  }

  resume(): void {
    if (this.#over) return
    this.paused = false
    this.#connection.resume()
  }

  /** The request is about to be written. False when its caller has gone. */
  begin(): boolean {
    this.#handler.onRequestStart?.(this, {})
    return !this.#over
  }

  sent(): void {
    this.#handler.onRequestSent?.()
  }

  headed(statusCode: number, headers: string[]): void {
    if (this.#over) return
    this.rawHeaders = headers
    this.#handler.onResponseStart?.(this, statusCode, headersOf(headers))
  }

  received(chunk: Buffer): void {
    if (!this.#over) this.#handler.onResponseData?.(this, chunk)
  }

  end(trailers: string[]): void {
    if (this.#over) return
    this.#over = true
    this.rawTrailers = trailers
    this.#handler.onResponseEnd?.(this, headersOf(trailers))
  }

  fail(error: Error): void {
    if (this.#over) return
    this.#over = true
    this.#handler.onResponseError?.(this, error)
  }
}

/** Headers by their names in lower case, as undici has them. */
function headersOf(raw: readonly string[]): IncomingHttpHeaders {
  // Without a prototype: a header may be called `constructor`.
  const headers = Object.create(null) as Record<string, string | string[]>
  for (let index = 0; index < raw.length; index += 2) {
    const [name = '', value = ''] = [raw[index]?.toLowerCase(), raw[index + 1]]
    const before = headers[name]
    if (before === undefined) headers[name] = value
    else if (typeof before === 'string') headers[name] = [before, value]
    else before.push(value)
  }
  return headers
}
