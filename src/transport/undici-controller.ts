import { errors, type Dispatcher } from 'undici'

/** What an attempt can be told while it is under way. */
export type Hold = Pick<Dispatcher.DispatchController, 'abort' | 'pause' | 'resume'>

/**
 * undici's hold on a request. Whoever aborts knows their reason; undici gets another: over HTTP/2 it
 * takes the reason for an error of the connection, and fails with it what waits there for a stream.
 * That of this code it passes over.
 */
export class QuietHold implements Hold {
  readonly #target: Dispatcher.DispatchController

  constructor(target: Dispatcher.DispatchController) {
    this.#target = target
  }

  abort(): void {
    this.#target.abort(new errors.InformationalError('aborted'))
  }

  pause(): void {
    this.#target.pause()
  }

  resume(): void {
    this.#target.resume()
  }
}

type RawHeaders = NonNullable<Dispatcher.DispatchController['rawHeaders']> | null

/**
 * The caller's hold on a request: there from the first moment, before a credential is known and
 * before undici has begun, and the same over all attempts.
 */
export class CallerController implements Dispatcher.DispatchController {
  rawHeaders: RawHeaders = null
  rawTrailers: RawHeaders = null
  readonly #onAbort: (reason: Error) => void
  #target: Hold | undefined
  #reason: Error | null = null
  #paused = false
  #shielded = false

  /** @param onAbort Called once, when the caller aborts. */
  constructor(onAbort: (reason: Error) => void) {
    this.#onAbort = onAbort
  }

  get aborted(): boolean {
    return this.#reason !== null
  }

  get reason(): Error | null {
    return this.#reason
  }

  get paused(): boolean {
    return this.#paused
  }

  abort(reason?: Error): void {
    if (this.aborted) return
    const why = reason ?? new DOMException('This operation was aborted', 'AbortError')
    this.#reason = why
    this.#target?.abort(why)
    this.#onAbort(why)
  }

  pause(): void {
    this.#paused = true
    if (!this.#shielded) this.#target?.pause()
  }

  resume(): void {
    this.#paused = false
    this.#target?.resume()
  }

  /** An attempt has begun: what the caller has asked for so far is done to it. */
  attach(target: Hold): void {
    this.#target = target
    if (this.#reason !== null) target.abort(this.#reason)
    else if (this.#paused) target.pause()
  }

  /** The attempt is over. */
  detach(): void {
    this.#target = undefined
  }

  /** Gives the attempt up, without the caller's doing. */
  giveUp(why: string): void {
    this.#target?.abort(new Error(why))
  }

  /** While a response is held back, the caller's pauses do not reach it. */
  shield(on: boolean): void {
    this.#shielded = on
    if (!on && this.#paused) this.#target?.pause()
  }
}
