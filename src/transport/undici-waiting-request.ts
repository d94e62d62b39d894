import { AsyncResource } from 'node:async_hooks'

import { errors, type Dispatcher } from 'undici'

import { throwApart } from '../errors/call-apart.ts'

/** A handler that a pool may keep waiting. */
export interface PatientHandler extends Dispatcher.DispatchHandler {
  /** Nothing is to be done for it any more: its caller has gone, or it was told of an error. */
  readonly over: boolean
  /** Told by the pool: the connection has served another request before. */
  reused?: boolean
}

/** A request in the line. It goes on in the asynchronous context of its caller. */
export class WaitingRequest extends AsyncResource {
  /** At which look it came. */
  readonly since: number
  readonly #options: Dispatcher.DispatchOptions
  readonly #handler: PatientHandler

  constructor(options: Dispatcher.DispatchOptions, handler: PatientHandler, since: number) {
    super('KubecredWaitingRequest')
    this.#options = options
    this.#handler = handler
    this.since = since
  }

  get over(): boolean {
    return this.#handler.over
  }

  send(send: (options: Dispatcher.DispatchOptions, handler: PatientHandler) => boolean): boolean {
    try {
      return this.runInAsyncScope(send, undefined, this.#options, this.#handler)
    } catch (error) {
      if (error instanceof errors.InvalidArgumentError) {
        this.fail(error)
        return false
      }
      // Nobody is left who could catch what its handler throws, and the next in line must not suffer.
      throwApart(error)
      return false
    }
  }

  /** Ends it, each for itself: what one handler throws is nothing to the others. */
  fail(error: Error): void {
    queueMicrotask(() => {
      if (!this.over) this.runInAsyncScope(() => this.#handler.onResponseError?.(noHold, error))
    })
  }
}

// undici has not begun it, so there is nothing to hold.
const noHold: Dispatcher.DispatchController = {
  aborted: false,
  paused: false,
  reason: null,
  abort: () => undefined,
  pause: () => undefined,
  resume: () => undefined,
}
