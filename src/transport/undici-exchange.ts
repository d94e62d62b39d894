import type { IncomingHttpHeaders } from 'node:http'
import type { Duplex, Readable } from 'node:stream'

import type { Dispatcher } from 'undici'

import type { Clock } from '../credential/clock.ts'
import type { Credential } from '../credential/credential.ts'
import type { CredentialSource } from '../credential/source.ts'
import { publish } from '../events/channels.ts'
import { authorize, gettingCredentials, type HeaderRules } from './authorize.ts'
import type { Connections, Generation, Generations } from './generations.ts'
import { HeldResponse, type ResponseEnd } from './held-response.ts'
import { rejectionOf } from './rejection.ts'
import { isStreamBody, isValueBody, ReplayBody, type ReplayBudget } from './replay-body.ts'

/** The connections of a generation, as an exchange uses them. */
export interface DispatchConnections extends Connections {
  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean
}

type RawHeaders = NonNullable<Dispatcher.DispatchController['rawHeaders']> | null

/** What the exchanges of one dispatcher share. */
export interface ExchangeContext {
  readonly source: CredentialSource
  readonly generations: Generations<DispatchConnections>
  readonly rules: HeaderRules
  readonly budget: ReplayBudget
  readonly clock: Clock
  /** URL of the server, for events. */
  readonly server: string
  readonly origin: string
}

/**
 * One request on its way: to the caller it is the controller, to undici the handler.
 *
 * The caller's handler is told of the start once, at once, so that an abort is heard while a
 * credential is still awaited. A 401 is held back while the source looks for another credential; if
 * one comes and the body can be sent again, the request goes out once more.
 */
export class Exchange implements Dispatcher.DispatchController, Dispatcher.DispatchHandler {
  readonly #context: ExchangeContext
  readonly #options: Dispatcher.DispatchOptions
  readonly #handler: Dispatcher.DispatchHandler
  readonly #body: ReplayBody | undefined
  #onDone: (() => void) | undefined
  #target: Dispatcher.DispatchController | undefined
  #waiting: AbortController | undefined
  #used: Credential | undefined
  #attempts = 0
  #ownAuthorization = false
  #generation: Generation<DispatchConnections> | undefined
  #countOut: (() => void) | undefined
  #held: HeldResponse | undefined
  #wantsPause = false
  #done = false
  #reason: Error | null = null
  rawHeaders: RawHeaders = null
  rawTrailers: RawHeaders = null

  constructor(
    context: ExchangeContext,
    options: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler,
    onDone?: () => void,
  ) {
    this.#context = context
    this.#options = options
    this.#handler = handler
    this.#onDone = onDone
    const body: unknown = options.body
    this.#body =
      !isValueBody(body) && isStreamBody(body) ? new ReplayBody(body, context.budget) : undefined
  }

  /** Sends the request, now or when there is a credential. The answer is undici's `dispatch`'s. */
  start(): boolean {
    this.#handler.onRequestStart?.(this, {})
    if (this.aborted) return true
    const credential = this.#context.source.current()
    if (credential !== undefined) return this.#send(credential)
    this.#waiting = new AbortController()
    this.#context.source.get({ signal: this.#waiting.signal }).then(
      (got) => {
        if (!this.#done) this.#send(got)
      },
      (error: unknown) => {
        this.#fail(asError(gettingCredentials(error)))
      },
    )
    return true
  }

  // What the caller's handler sees: the controller.

  get aborted(): boolean {
    return this.#reason !== null
  }

  get reason(): Error | null {
    return this.#reason
  }

  get paused(): boolean {
    return this.#wantsPause
  }

  abort(reason?: Error): void {
    if (this.#done || this.aborted) return
    const why = reason ?? new DOMException('This operation was aborted', 'AbortError')
    this.#reason = why
    this.#waiting?.abort(why)
    this.#target?.abort(why)
    // undici reports the end of a request that it has begun; of any other nobody else would.
    queueMicrotask(() => {
      this.#fail(why)
    })
  }

  pause(): void {
    this.#wantsPause = true
    if (this.#held === undefined) this.#target?.pause()
  }

  resume(): void {
    this.#wantsPause = false
    this.#target?.resume()
  }

  // What undici sees: the handler.

  onRequestStart(target: Dispatcher.DispatchController): void {
    this.#target = target
    if (this.#reason !== null) target.abort(this.#reason)
    else if (this.#wantsPause) target.pause()
  }

  onRequestUpgrade(
    target: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
    socket: Duplex,
  ): void {
    this.rawHeaders = target.rawHeaders ?? null
    if (this.#countOut !== undefined) this.#generation?.upgraded(socket, this.#countOut)
    // It counts as open until its socket closes.
    const onDone = this.#onDone
    this.#onDone = undefined
    socket.once('close', () => onDone?.())
    if (this.#finish()) this.#handler.onRequestUpgrade?.(this, status, headers, socket)
    else socket.destroy()
  }

  onResponseStart(
    target: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
    text?: string,
  ): void {
    if (this.#done) return
    this.rawHeaders = target.rawHeaders ?? null
    const used = this.#ownAuthorization || status !== 401 ? undefined : this.#used
    if (used !== undefined && this.#tellRejected(used, headers)) {
      this.#held = new HeldResponse(status, headers, text)
    } else {
      this.#handler.onResponseStart?.(this, status, headers, text)
    }
  }

  onResponseData(_target: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#done) return
    const held = this.#held
    if (held === undefined) this.#handler.onResponseData?.(this, chunk)
    else if (!held.add(chunk) && held.successor === undefined) this.#release(held)
  }

  onResponseEnd(target: Dispatcher.DispatchController, trailers: IncomingHttpHeaders): void {
    this.#countOut?.()
    this.#target = undefined
    this.rawTrailers = target.rawTrailers ?? null
    if (this.#held === undefined) this.#end({ trailers })
    else this.#heldEnded(this.#held, { trailers })
  }

  onResponseError(_target: Dispatcher.DispatchController, error: Error): void {
    this.#countOut?.()
    this.#target = undefined
    if (this.#held === undefined || this.aborted) this.#fail(this.#reason ?? error)
    else this.#heldEnded(this.#held, { error })
  }

  onBodySent(chunk: Buffer): void {
    if (this.#attempts === 1) this.#handler.onBodySent?.(chunk)
  }

  onRequestSent(): void {
    if (this.#attempts === 1) this.#handler.onRequestSent?.()
  }

  onResponseStarted(): void {
    if (this.#attempts === 1) this.#handler.onResponseStarted?.()
  }

  // Sending.

  #send(got: Credential): boolean {
    const { source, generations, rules } = this.#context
    // A renewal may have come between the answer and this step; its certificate is the one to show.
    const credential = source.current() ?? got
    const { headers, ownAuthorization } = authorize(this.#options.headers, credential, rules)
    this.#used = credential
    this.#ownAuthorization = ownAuthorization
    this.#attempts++
    try {
      this.#generation = generations.for(credential.certificate)
      this.#countOut = this.#generation.begin()
      return this.#generation.connections.dispatch(this.#optionsWith(headers), this)
    } catch (error) {
      // undici throws here for a request that it refuses, and nobody else tells the caller.
      this.#countOut?.()
      this.#fail(asError(error))
      return true
    }
  }

  #optionsWith(headers: string[]): Dispatcher.DispatchOptions {
    const options = { ...this.#options, origin: this.#context.origin, headers }
    if (this.#body === undefined) return options
    // undici takes any async iterable, though its types name streams only.
    const body = this.#body.attempt() as unknown as Readable
    return { ...options, body }
  }

  // A 401, and what becomes of it.

  /** Tells the source. True when the response is to be held until the source has answered. */
  #tellRejected(used: Credential, headers: IncomingHttpHeaders): boolean {
    const replayable = this.#attempts === 1 && (this.#body?.canReplay() ?? true)
    const rejection = rejectionOf(headers)
    this.#waiting = new AbortController()
    const { signal } = this.#waiting
    const answer = this.#context.source.rejected(
      used,
      replayable ? { signal, rejection } : { rejection },
    )
    answer.then(
      (next) => {
        this.#decided(next.fingerprint === used.fingerprint ? undefined : next)
      },
      () => {
        this.#decided(undefined)
      },
    )
    return replayable
  }

  #decided(successor: Credential | undefined): void {
    const held = this.#held
    if (this.#done || this.aborted || held === undefined) return
    if (successor === undefined || this.#body?.canReplay() === false) {
      this.#release(held)
      return
    }
    held.successor = successor
    if (held.end !== undefined) this.#resend(held, successor)
    else held.hurry(this.#context.clock, () => this.#target?.abort(new Error('401 without end')))
  }

  #heldEnded(held: HeldResponse, end: ResponseEnd): void {
    held.end = end
    if (held.successor !== undefined) this.#resend(held, held.successor)
  }

  #resend(held: HeldResponse, successor: Credential): void {
    held.drop()
    this.#held = undefined
    const { server } = this.#context
    publish('kubecred:transport:replay', () => ({ server, method: this.#options.method }))
    this.#send(successor)
  }

  /** The 401 is the answer after all. */
  #release(held: HeldResponse): void {
    this.#held = undefined
    held.passTo(this.#handler, this)
    if (held.end !== undefined) this.#end(held.end)
    else if (this.#wantsPause) this.#target?.pause()
  }

  // Ending.

  #end({ trailers, error }: ResponseEnd): void {
    if (error !== undefined) this.#fail(error)
    else if (this.#finish()) this.#handler.onResponseEnd?.(this, trailers)
  }

  #fail(error: Error): void {
    if (this.#finish()) this.#handler.onResponseError?.(this, error)
  }

  #finish(): boolean {
    if (this.#done) return false
    this.#done = true
    this.#held?.drop()
    this.#body?.close()
    this.#onDone?.()
    return true
  }
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}
