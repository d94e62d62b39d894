import type { IncomingHttpHeaders } from 'node:http'
import type { Duplex } from 'node:stream'

import type { Dispatcher } from 'undici'

import type { Generation } from './generation.ts'
import { comesByLine, LineEnds } from './line-ends.ts'
import { isWatch } from './undici-streaming.ts'
import type { DispatchConnections } from './undici-agents.ts'
import { QuietHold, type Hold } from './undici-controller.ts'
import type { ResponseEnd } from './undici-held-response.ts'
import type { PatientHandler } from './undici-waiting-request.ts'

/** The head of a response. */
export interface ResponseHead {
  readonly statusCode: number
  readonly headers: IncomingHttpHeaders
  readonly statusText: string | undefined
}

/** What becomes of an attempt's response. */
export interface AttemptListener {
  /** Whether its caller has gone. */
  readonly aborted: boolean
  begun(target: Hold): void
  upgraded(target: Dispatcher.DispatchController, head: ResponseHead, socket: Duplex): void
  headed(target: Dispatcher.DispatchController, head: ResponseHead): void
  received(chunk: Buffer): void
  ended(target: Dispatcher.DispatchController | undefined, end: ResponseEnd): void
  /** The connection went away before the answer began; false when that is to be the end. */
  lost(error: Error, reused: boolean): boolean
}

/**
 * One attempt at a request: undici's handler, which goes deaf when the attempt is over, so that what
 * is left of it cannot disturb the next. It counts itself in and out of its generation.
 */
export class Attempt implements PatientHandler {
  readonly #listener: AttemptListener
  readonly #caller: Dispatcher.DispatchHandler | undefined
  readonly #generation: Generation<DispatchConnections>
  readonly #countOut: () => void
  reused = false
  #begun: QuietHold | undefined
  #isWatch = false
  /** Set while a watch is received. */
  #lines: LineEnds | undefined
  #watchEnded: (() => void) | undefined
  #headed = false
  #over = false

  /** @param caller Told of the progress of the request's body, in the first attempt only. */
  constructor(
    listener: AttemptListener,
    generation: Generation<DispatchConnections>,
    caller: Dispatcher.DispatchHandler | undefined,
  ) {
    this.#listener = listener
    this.#caller = caller
    this.#generation = generation
    this.#countOut = generation.begin()
  }

  get over(): boolean {
    return this.#over || this.#listener.aborted
  }

  /** Sends the request; the answer is undici's. */
  dispatch(options: Dispatcher.DispatchOptions, streaming: boolean): boolean {
    this.#isWatch = streaming && isWatch(options)
    try {
      return this.#generation.connections.dispatch(options, this, streaming)
    } catch (error) {
      // undici throws here for a request that it refuses, and nobody else tells the caller.
      this.#end(undefined, { error: error instanceof Error ? error : new Error(String(error)) })
      return true
    }
  }

  /** Nobody waits for it any more. One that undici has not begun is over with that. */
  abandon(): void {
    if (this.#begun !== undefined || this.#over) return
    this.#over = true
    this.#countOut()
  }

  onRequestStart(target: Dispatcher.DispatchController): void {
    const hold = new QuietHold(target)
    this.#begun = hold
    if (this.#over) hold.abort()
    else this.#listener.begun(hold)
  }

  onRequestUpgrade(
    target: Dispatcher.DispatchController,
    statusCode: number,
    headers: IncomingHttpHeaders,
    socket: Duplex,
  ): void {
    this.#over = true
    this.#generation.upgraded(socket, this.#countOut)
    this.#listener.upgraded(target, { statusCode, headers, statusText: undefined }, socket)
  }

  onResponseStart(
    target: Dispatcher.DispatchController,
    statusCode: number,
    headers: IncomingHttpHeaders,
    statusText?: string,
  ): void {
    this.#headed = true
    if (this.#over) return
    if (this.#isWatch && comesByLine({ statusCode, headers })) this.#followWatch()
    this.#listener.headed(target, { statusCode, headers, statusText })
  }

  onResponseData(_target: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#over) return
    this.#listener.received(this.#lines?.take(chunk) ?? chunk)
    this.#endIfReached()
  }

  onResponseEnd(target: Dispatcher.DispatchController, trailers: IncomingHttpHeaders): void {
    this.#end(target, { trailers })
  }

  onResponseError(target: Dispatcher.DispatchController, error: Error): void {
    this.#end(target, { error })
  }

  onBodySent(chunk: Buffer): void {
    this.#caller?.onBodySent?.(chunk)
  }

  onRequestSent(): void {
    this.#caller?.onRequestSent?.()
  }

  onResponseStarted(): void {
    this.#caller?.onResponseStarted?.()
  }

  #followWatch(): void {
    const lines = new LineEnds()
    this.#lines = lines
    this.#watchEnded = this.#generation.watching(() => {
      lines.finish()
      this.#endIfReached()
    })
  }

  /** Ends a watch whose time is over as if the server had: its reader asks again, on other connections. */
  #endIfReached(): void {
    if (this.#over || this.#lines?.reached !== true) return
    try {
      this.#end(undefined, { trailers: {} })
    } finally {
      // Whatever its reader makes of the end.
      this.#begun?.abort()
    }
  }

  #end(target: Dispatcher.DispatchController | undefined, end: ResponseEnd): void {
    if (this.#over) return
    this.#over = true
    this.#watchEnded?.()
    this.#countOut()
    const lost = this.#headed ? undefined : end.error
    if (lost !== undefined && this.#listener.lost(lost, this.reused)) return
    this.#listener.ended(target, end)
  }
}
