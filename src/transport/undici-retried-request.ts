import type { IncomingHttpHeaders } from 'node:http'
import type { Duplex, Readable } from 'node:stream'

import type { Dispatcher } from 'undici'

import type { Timer } from '../credential/clock.ts'
import { asError } from '../errors/kubecred-error.ts'
import { isStreamBody, LentRecording, ReplayBody } from './replay-body.ts'
import { publishRetry } from './retry-pause.ts'
import { retryDelay, type Outcome, type RetryRules } from './retry-rules.ts'
import type { ExchangeContext, OpenExchange } from './undici-context.ts'
import { CallerController } from './undici-controller.ts'

/** What a {@link RetriedRequest} sends with: another dispatcher, and what its exchanges share. */
export interface RetryBase {
  readonly dispatcher: Dispatcher
  readonly context: Pick<ExchangeContext, 'budget' | 'open' | 'clock' | 'server'>
}

// As much of an answer that is not wanted as is read for the sake of its connection, and for how long.
const mostBytes = 64 * 1024
const patienceMs = 1000

/** An answer that nobody is to see. */
interface Discarded {
  /** When the request goes out again, by the clock, and how long that is at most. */
  readonly resendAt: number
  readonly waitMs: number
  readonly patience: Timer | undefined
  bytes: number
}

/**
 * One request over any number of attempts, each of which is a request of its own to the dispatcher
 * beneath, with its own answer to a 401. Its caller sees one request, whose last answer counts.
 */
export class RetriedRequest implements Dispatcher.DispatchHandler, OpenExchange {
  place = -1
  readonly #base: RetryBase
  readonly #rules: RetryRules
  readonly #options: Dispatcher.DispatchOptions
  readonly #handler: Dispatcher.DispatchHandler
  readonly #controller: CallerController
  readonly #body: ReplayBody | undefined
  #retries = 0
  #discarded: Discarded | undefined
  #wait: Timer | undefined
  // Whether the head of the answer has gone to the caller.
  #answered = false
  #done = false

  constructor(
    base: RetryBase,
    rules: RetryRules,
    options: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler,
  ) {
    this.#base = base
    this.#rules = rules
    this.#handler = handler
    this.#controller = new CallerController((reason) => {
      // What is under way tells the same; what waits, or has not begun, has nobody else to tell it.
      queueMicrotask(() => {
        this.#fail(reason)
      })
    })
    const body: unknown = options.body
    this.#body = isStreamBody(body) ? new ReplayBody(body, base.context.budget) : undefined
    this.#options =
      this.#body === undefined
        ? options
        : // The dispatcher beneath takes a recording as it is, which undici's types cannot say.
          { ...options, body: new LentRecording(this.#body) as unknown as Readable }
  }

  start(): boolean {
    this.#handler.onRequestStart?.(this.#controller, {})
    return this.#controller.aborted || this.#send()
  }

  end(error: Error): void {
    this.#controller.abort(error)
  }

  onRequestStart(target: Dispatcher.DispatchController): void {
    this.#controller.attach(target)
  }

  onResponseStart(
    target: Dispatcher.DispatchController,
    statusCode: number,
    headers: IncomingHttpHeaders,
    text?: string,
  ): void {
    if (this.#done) return
    const retryAfter: string | readonly string[] | undefined = headers['retry-after']
    if (statusCode >= 429 && this.#retry({ statusCode, retryAfter })) return
    this.#answered ||= statusCode >= 200
    this.#controller.rawHeaders = target.rawHeaders ?? null
    this.#handler.onResponseStart?.(this.#controller, statusCode, headers, text)
  }

  onResponseData(_target: Dispatcher.DispatchController, chunk: Buffer): void {
    const discarded = this.#discarded
    if (this.#done) return
    if (discarded === undefined) {
      this.#handler.onResponseData?.(this.#controller, chunk)
      return
    }
    discarded.bytes += chunk.length
    if (discarded.bytes > mostBytes) this.#controller.giveUp('the answer is not wanted')
  }

  onResponseEnd(target: Dispatcher.DispatchController, trailers: IncomingHttpHeaders): void {
    if (this.#discarded !== undefined) {
      this.#pause(this.#discarded)
    } else if (this.#finish()) {
      this.#controller.rawTrailers = target.rawTrailers ?? null
      this.#controller.detach()
      // The rest of an upload goes on, as undici does it.
      this.#body?.finish()
      this.#handler.onResponseEnd?.(this.#controller, trailers)
    }
  }

  onResponseError(_target: Dispatcher.DispatchController | null, error: Error): void {
    if (this.#done) return
    if (this.#controller.aborted) this.#fail(this.#controller.reason ?? error)
    else if (this.#discarded !== undefined) this.#pause(this.#discarded)
    else if (this.#answered || !this.#retry({ error })) this.#fail(error)
  }

  onRequestUpgrade(
    target: Dispatcher.DispatchController,
    statusCode: number,
    headers: IncomingHttpHeaders,
    socket: Duplex,
  ): void {
    this.#controller.rawHeaders = target.rawHeaders ?? null
    if (!this.#finish()) socket.destroy()
    else this.#handler.onRequestUpgrade?.(this.#controller, statusCode, headers, socket)
  }

  onBodySent(chunk: Buffer): void {
    if (this.#retries === 0) this.#handler.onBodySent?.(chunk)
  }

  onRequestSent(): void {
    if (this.#retries === 0) this.#handler.onRequestSent?.()
  }

  onResponseStarted(): void {
    if (this.#retries === 0) this.#handler.onResponseStarted?.()
  }

  #send(): boolean {
    try {
      return this.#base.dispatcher.dispatch(this.#options, this)
    } catch (error) {
      this.#fail(asError(error))
      return true
    }
  }

  /** Begins a retry, if the outcome asks for one. */
  #retry(outcome: Outcome): boolean {
    const { clock, open, server } = this.#base.context
    const { method } = this.#options
    const canResend = this.#body?.isWhole() ?? true
    const tried = { method, retries: this.#retries, canResend }
    const waitMs = retryDelay(outcome, tried, this.#rules)
    if (waitMs === undefined) return false
    publishRetry(server, tried, outcome, waitMs)
    this.#retries++
    // The next attempt is announced by nobody else while there is none.
    open.add(this)
    const discarded = {
      resendAt: clock.now() + waitMs,
      waitMs,
      bytes: 0,
      patience: this.#impatient(outcome),
    }
    this.#discarded = discarded
    if (discarded.patience === undefined) this.#pause(discarded)
    else this.#controller.shield(true)
    return true
  }

  #impatient({ statusCode }: Outcome): Timer | undefined {
    if (statusCode === undefined) return undefined
    const timer = this.#base.context.clock.after(patienceMs, () => {
      this.#controller.giveUp('the answer does not end')
    })
    timer.hold()
    return timer
  }

  /** The attempt is over; the next one begins when its time has come. */
  #pause({ resendAt, waitMs, patience }: Discarded): void {
    const { clock } = this.#base.context
    patience?.cancel()
    this.#controller.detach()
    // The clock may have been set back.
    const leftMs = Math.min(resendAt - clock.now(), waitMs)
    if (leftMs <= 0) {
      this.#resend()
      return
    }
    this.#wait = clock.after(leftMs, () => {
      this.#resend()
    })
    this.#wait.hold()
  }

  #resend(): void {
    if (this.#done || this.#controller.aborted) return
    this.#discarded = undefined
    this.#wait = undefined
    this.#base.context.open.remove(this)
    this.#controller.shield(false)
    this.#send()
  }

  #fail(error: Error): void {
    if (!this.#finish()) return
    this.#body?.close()
    this.#handler.onResponseError?.(this.#controller, error)
  }

  #finish(): boolean {
    if (this.#done) return false
    this.#done = true
    this.#wait?.cancel()
    this.#discarded?.patience?.cancel()
    this.#base.context.open.remove(this)
    return true
  }
}
