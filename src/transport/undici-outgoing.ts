import type { Readable } from 'node:stream'

import type { Dispatcher } from 'undici'

import type { Credential } from '../credential/credential.ts'
import { authorize } from './authorize.ts'
import { recordingOf, type Recording } from './replay-body.ts'
import type { ExchangeContext } from './undici-context.ts'
import { isRefused, mayBeSentAgain } from './undici-lost-request.ts'

/** A request as one attempt sends it. */
export interface AuthorizedRequest {
  readonly options: Dispatcher.DispatchOptions
  /** The caller's own `Authorization` stands; the credential's was not added. */
  readonly ownAuthorization: boolean
}

// A server that refuses every time has to be told of at some point.
const mostRefusals = 10

// After a server has gone, each kept connection may have to be found out.
const mostLost = 300

/** A caller's request, to be given to undici once or more. */
export class OutgoingRequest {
  readonly options: Dispatcher.DispatchOptions
  readonly #context: ExchangeContext
  readonly #body: Recording | undefined
  #refusals = 0
  #lost = 0

  constructor(options: Dispatcher.DispatchOptions, context: ExchangeContext) {
    this.options = options
    this.#context = context
    this.#body = recordingOf(options.body, context.budget)
  }

  /** Whether another attempt would send the same bytes. */
  canReplay(): boolean {
    return this.#body?.canReplay() ?? true
  }

  /** Whether it goes out again after its connection went away before it was answered. */
  survives(error: Error, reused: boolean): boolean {
    const { method } = this.options
    if (!this.canReplay()) return false
    if (isRefused(error)) return this.#refusals++ < mostRefusals
    return mayBeSentAgain({ method, error, reused }) && this.#lost++ < mostLost
  }

  /** The request for an attempt with this credential, from the first byte of its body. */
  attempt(credential: Credential): AuthorizedRequest {
    const { origin, rules } = this.#context
    const { headers, ownAuthorization } = authorize(this.options.headers, credential, rules)
    const options = { ...this.options, origin, headers }
    if (this.#body === undefined) return { options, ownAuthorization }
    // undici takes any async iterable, though its types name streams only.
    const body = this.#body.attempt() as unknown as Readable
    return { options: { ...options, body }, ownAuthorization }
  }

  /** There will be no other attempt; the rest of an upload goes on, as undici does it. */
  finish(): void {
    this.#body?.finish()
  }

  /** Nobody needs the body any more. */
  close(): void {
    this.#body?.close()
  }
}
