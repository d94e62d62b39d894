import type { Duplex } from 'node:stream'

import type { Dispatcher } from 'undici'

import type { Credential } from '../credential/credential.ts'
import { asError } from '../errors/kubecred-error.ts'
import { publish } from '../events/channels.ts'
import { gettingCredentials } from './authorize.ts'
import { rejectionOf } from './rejection.ts'
import { Attempt, type AttemptListener, type ResponseHead } from './undici-attempt.ts'
import type { ExchangeContext, OpenExchange } from './undici-context.ts'
import { CallerController, type Hold } from './undici-controller.ts'
import { HeldResponse, tellEnd, type ResponseEnd } from './undici-held-response.ts'
import { OutgoingRequest } from './undici-outgoing.ts'

/**
 * One request on its way, over one attempt or more.
 *
 * The caller's handler is told of the start once, at once, so that an abort is heard while a
 * credential is still awaited. A 401 is held back while the source looks for another credential; if
 * one comes and the body can be sent again, the request goes out once more. It also does when its
 * connection went away before it was processed.
 */
export class Exchange implements AttemptListener, OpenExchange {
  place = -1
  readonly #context: ExchangeContext
  readonly #request: OutgoingRequest
  readonly #handler: Dispatcher.DispatchHandler
  readonly #streaming: boolean
  readonly #controller: CallerController
  #waiting: AbortController | undefined
  /** What the attempt was sent with; undefined while there is none, or the caller has their own. */
  #used: Credential | undefined
  #credential: Credential | undefined
  #replayed = false
  #attempt: Attempt | undefined
  #held: HeldResponse | undefined
  #done = false

  /** @param streaming Whether the response is expected to stay open. */
  constructor(
    context: ExchangeContext,
    options: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler,
    streaming: boolean,
  ) {
    this.#context = context
    this.#request = new OutgoingRequest(options, context)
    this.#handler = handler
    this.#streaming = streaming
    this.#controller = new CallerController((reason) => this.#aborted(reason))
  }

  /** Sends the request, now or when there is a credential. The answer is undici's `dispatch`'s. */
  start(): boolean {
    const { source, open } = this.#context
    open.add(this)
    this.#handler.onRequestStart?.(this.#controller, {})
    if (this.#controller.aborted) return true
    const credential = source.current()
    if (credential !== undefined) return this.#send(credential)
    this.#waiting = new AbortController()
    source.get({ signal: this.#waiting.signal }).then(
      (got) => {
        if (!this.#done) this.#sendLater(got)
      },
      (error: unknown) => {
        this.#fail(asError(gettingCredentials(error)))
      },
    )
    return true
  }

  get aborted(): boolean {
    return this.#controller.aborted
  }

  end(error: Error): void {
    this.#controller.abort(error)
  }

  begun(target: Hold): void {
    this.#controller.attach(target)
  }

  upgraded(target: Dispatcher.DispatchController, head: ResponseHead, socket: Duplex): void {
    const { statusCode, headers } = head
    this.#controller.rawHeaders = target.rawHeaders ?? null
    // It counts as open until its socket closes.
    if (this.#streaming) this.#context.streams.hold(socket)
    if (!this.#finish()) socket.destroy()
    else this.#handler.onRequestUpgrade?.(this.#controller, statusCode, headers, socket)
  }

  headed(target: Dispatcher.DispatchController, head: ResponseHead): void {
    if (this.#done) return
    const { statusCode, headers, statusText } = head
    this.#controller.rawHeaders = target.rawHeaders ?? null
    if (statusCode === 401 && this.#used !== undefined && this.#tellRejected(this.#used, head)) {
      this.#held = new HeldResponse(head)
      this.#controller.shield(true)
    } else {
      this.#handler.onResponseStart?.(this.#controller, statusCode, headers, statusText)
    }
  }

  received(chunk: Buffer): void {
    const held = this.#held
    if (this.#done) return
    if (held === undefined) this.#handler.onResponseData?.(this.#controller, chunk)
    else if (!held.add(chunk) && held.successor === undefined) this.#release(held)
  }

  ended(target: Dispatcher.DispatchController | undefined, end: ResponseEnd): void {
    this.#controller.rawTrailers = target?.rawTrailers ?? null
    this.#controller.detach()
    const held = this.#held
    if (held === undefined || this.#controller.aborted) {
      this.#end(end)
      return
    }
    held.end = end
    if (held.successor !== undefined) this.#resend(held, held.successor)
  }

  lost(error: Error, reused: boolean): boolean {
    const credential = this.#credential
    if (this.#done || this.#controller.aborted || credential === undefined) return false
    if (!this.#request.survives(error, reused)) return false
    this.#controller.detach()
    // Not within undici's call: while it tells of a GOAWAY its queue is not in order, and what is
    // added then may be sent twice.
    queueMicrotask(() => {
      if (!this.#done) this.#sendLater(credential)
    })
    return true
  }

  /** Sends; what is thrown, as for a certificate that cannot be used, is told like every failure. */
  #send(credential: Credential): boolean {
    try {
      const { options, ownAuthorization } = this.#request.attempt(credential)
      this.#credential = credential
      this.#used = ownAuthorization ? undefined : credential
      const caller = this.#attempt === undefined ? this.#handler : undefined
      const generation = this.#context.generations.for(credential.certificate)
      this.#attempt = new Attempt(this, generation, caller)
      return this.#attempt.dispatch(options, this.#streaming)
    } catch (error) {
      this.#fail(asError(error))
      return true
    }
  }

  // A renewal may have come between the answer and this step.
  #sendLater(got: Credential): void {
    this.#send(this.#context.source.current() ?? got)
  }

  /** Tells the source of a 401. True when it is to be held until the source has answered. */
  #tellRejected(used: Credential, { headers }: ResponseHead): boolean {
    const hold = !this.#replayed && this.#request.canReplay()
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
    if (this.#done || this.#controller.aborted || held === undefined) return
    if (successor === undefined) {
      this.#release(held)
      return
    }
    held.successor = successor
    if (held.end !== undefined) this.#resend(held, successor)
    else held.hurry(this.#context.clock, () => this.#controller.giveUp('the 401 does not end'))
  }

  #resend(held: HeldResponse, successor: Credential): void {
    // The recording may have come to its limit while the end of the 401 was awaited.
    if (!this.#request.canReplay()) {
      this.#release(held)
      return
    }
    held.drop()
    this.#held = undefined
    this.#replayed = true
    this.#controller.shield(false)
    const { server } = this.#context
    publish('kubecred:transport:replay', () => ({ server, method: this.#request.options.method }))
    this.#sendLater(successor)
  }

  /** The 401 is the answer after all. */
  #release(held: HeldResponse): void {
    this.#held = undefined
    try {
      held.passTo(this.#handler, this.#controller)
      if (held.end !== undefined) this.#end(held.end)
      this.#controller.shield(false)
    } catch (error) {
      // Within undici's own calls it would catch what a handler throws.
      this.#controller.abort(asError(error))
    }
  }

  #aborted(reason: Error): void {
    this.#waiting?.abort(reason)
    this.#attempt?.abandon()
    // undici reports the end of a request that it has begun; of any other nobody else would.
    queueMicrotask(() => {
      this.#fail(reason)
    })
  }

  #end({ trailers, error }: ResponseEnd): void {
    if (error !== undefined) {
      this.#fail(this.#controller.reason ?? error)
    } else if (this.#finish()) {
      this.#request.finish()
      tellEnd(this.#handler, this.#controller, trailers)
    }
  }

  #fail(error: Error): void {
    if (!this.#finish()) return
    this.#request.close()
    this.#handler.onResponseError?.(this.#controller, error)
  }

  #finish(): boolean {
    if (this.#done) return false
    this.#done = true
    this.#held?.drop()
    this.#context.open.remove(this)
    if (this.#streaming) this.#context.streams.release()
    return true
  }
}
