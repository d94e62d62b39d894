import type { IncomingHttpHeaders } from 'node:http'
import type { Duplex, Readable } from 'node:stream'

import type { Dispatcher } from 'undici'

import type { Credential } from '../credential/credential.ts'
import { asError } from '../errors/kubecred-error.ts'
import { publish } from '../events/channels.ts'
import { authorize, gettingCredentials } from './authorize.ts'
import type { Generation } from './generations.ts'
import { rejectionOf } from './rejection.ts'
import { isStreamBody, isValueBody, ReplayBody } from './replay-body.ts'
import type { DispatchConnections } from './undici-agents.ts'
import type { ExchangeContext } from './undici-context.ts'
import { CallerController } from './undici-controller.ts'
import { HeldResponse, type ResponseEnd } from './undici-held-response.ts'

/**
 * One request on its way, over one attempt or two; undici's handler for each of them.
 *
 * The caller's handler is told of the start once, at once, so that an abort is heard while a
 * credential is still awaited. A 401 is held back while the source looks for another credential; if
 * one comes and the body can be sent again, the request goes out once more.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly controller: CallerController
  readonly #context: ExchangeContext
  readonly #options: Dispatcher.DispatchOptions
  readonly #handler: Dispatcher.DispatchHandler
  readonly #body: ReplayBody | undefined
  #onDone: (() => void) | undefined
  #waiting: AbortController | undefined
  /** What the attempt was sent with; undefined while there is none, or the caller has their own. */
  #used: Credential | undefined
  #attempts = 0
  #generation: Generation<DispatchConnections> | undefined
  #countOut: (() => void) | undefined
  #held: HeldResponse | undefined
  #done = false

  /** @param onDone Called once, when the request is over; for an upgrade, when its socket is. */
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
    this.controller = new CallerController((reason) => {
      this.#aborted(reason)
    })
    const body: unknown = options.body
    this.#body =
      !isValueBody(body) && isStreamBody(body) ? new ReplayBody(body, context.budget) : undefined
  }

  /** Sends the request, now or when there is a credential. The answer is undici's `dispatch`'s. */
  start(): boolean {
    this.#handler.onRequestStart?.(this.controller, {})
    if (this.controller.aborted) return true
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

  onRequestStart(target: Dispatcher.DispatchController): void {
    this.controller.attach(target)
  }

  onRequestUpgrade(
    target: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
    socket: Duplex,
  ): void {
    this.controller.rawHeaders = target.rawHeaders ?? null
    if (this.#countOut !== undefined) this.#generation?.upgraded(socket, this.#countOut)
    const onDone = this.#onDone
    this.#onDone = undefined
    socket.once('close', () => onDone?.())
    if (this.#finish()) this.#handler.onRequestUpgrade?.(this.controller, status, headers, socket)
    else socket.destroy()
  }

  onResponseStart(
    target: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
    text?: string,
  ): void {
    if (this.#done) return
    this.controller.rawHeaders = target.rawHeaders ?? null
    if (status === 401 && this.#used !== undefined && this.#tellRejected(this.#used, headers)) {
      this.#held = new HeldResponse(status, headers, text)
      this.controller.shield(true)
    } else {
      this.#handler.onResponseStart?.(this.controller, status, headers, text)
    }
  }

  onResponseData(_target: Dispatcher.DispatchController, chunk: Buffer): void {
    const held = this.#held
    if (this.#done) return
    if (held === undefined) this.#handler.onResponseData?.(this.controller, chunk)
    else if (!held.add(chunk) && held.successor === undefined) this.#release(held)
  }

  onResponseEnd(target: Dispatcher.DispatchController, trailers: IncomingHttpHeaders): void {
    this.controller.rawTrailers = target.rawTrailers ?? null
    this.#attemptEnded({ trailers })
  }

  onResponseError(_target: Dispatcher.DispatchController, error: Error): void {
    this.#attemptEnded({ error: this.controller.reason ?? error })
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

  #send(got: Credential): boolean {
    const { source, generations, rules } = this.#context
    // A renewal may have come between the answer and this step; its certificate is the one to show.
    const credential = source.current() ?? got
    const { headers, ownAuthorization } = authorize(this.#options.headers, credential, rules)
    this.#used = ownAuthorization ? undefined : credential
    this.#attempts++
    try {
      this.#generation = generations.for(credential.certificate)
      this.#countOut = this.#generation.begin()
      return this.#generation.connections.dispatch(this.#optionsWith(headers), this)
    } catch (error) {
      // undici throws here for a request that it refuses, and nobody else tells the caller.
      this.#attemptEnded({ error: asError(error) })
      return true
    }
  }

  #optionsWith(headers: string[]): Dispatcher.DispatchOptions {
    const options = { ...this.#options, origin: this.#context.origin, headers }
    if (this.#body === undefined) return options
    // undici takes any async iterable, though its types name streams only.
    return { ...options, body: this.#body.attempt() as unknown as Readable }
  }

  #attemptEnded(end: ResponseEnd): void {
    this.#countOut?.()
    this.controller.detach()
    const held = this.#held
    if (held === undefined || this.controller.aborted) {
      this.#end(end)
      return
    }
    held.end = end
    if (held.successor !== undefined) this.#resend(held, held.successor)
  }

  /** Tells the source of a 401. True when it is to be held until the source has answered. */
  #tellRejected(used: Credential, headers: IncomingHttpHeaders): boolean {
    const hold = this.#attempts === 1 && (this.#body?.canReplay() ?? true)
    this.#waiting = new AbortController()
    // One that is not held is the answer; the source shall find a better credential all the same.
    const signal = hold ? this.#waiting.signal : undefined
    this.#context.source.rejected(used, { signal, rejection: rejectionOf(headers) }).then(
      (next) => {
        this.#decided(next.fingerprint === used.fingerprint ? undefined : next)
      },
      () => {
        // The 401 says more to the caller than why there is nothing better; that is an event.
        this.#decided(undefined)
      },
    )
    return hold
  }

  #decided(successor: Credential | undefined): void {
    const held = this.#held
    if (this.#done || this.controller.aborted || held === undefined) return
    if (successor === undefined || this.#body?.canReplay() === false) {
      this.#release(held)
      return
    }
    held.successor = successor
    if (held.end !== undefined) this.#resend(held, successor)
    else held.hurry(this.#context.clock, () => this.controller.giveUp('the 401 does not end'))
  }

  #resend(held: HeldResponse, successor: Credential): void {
    held.drop()
    this.#held = undefined
    this.controller.shield(false)
    const { server } = this.#context
    publish('kubecred:transport:replay', () => ({ server, method: this.#options.method }))
    this.#send(successor)
  }

  /** The 401 is the answer after all. */
  #release(held: HeldResponse): void {
    this.#held = undefined
    held.passTo(this.#handler, this.controller)
    if (held.end !== undefined) this.#end(held.end)
    this.controller.shield(false)
  }

  #aborted(reason: Error): void {
    this.#waiting?.abort(reason)
    // undici reports the end of a request that it has begun; of any other nobody else would.
    queueMicrotask(() => {
      this.#fail(reason)
    })
  }

  #end({ trailers, error }: ResponseEnd): void {
    if (error !== undefined) this.#fail(error)
    else if (this.#finish()) this.#handler.onResponseEnd?.(this.controller, trailers)
  }

  #fail(error: Error): void {
    if (this.#finish()) this.#handler.onResponseError?.(this.controller, error)
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
