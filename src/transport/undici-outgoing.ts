import type { Readable } from 'node:stream'

import type { Dispatcher } from 'undici'

import { isStreamBody, ReplayBody } from './replay-body.ts'
import type { ReplayBudget } from './replay-budget.ts'

/** A caller's request, to be given to undici once or more. */
export class OutgoingRequest {
  readonly options: Dispatcher.DispatchOptions
  readonly #body: ReplayBody | undefined

  constructor(options: Dispatcher.DispatchOptions, budget: ReplayBudget) {
    const body: unknown = options.body
    this.options = options
    this.#body = isStreamBody(body) ? new ReplayBody(body, budget) : undefined
  }

  /** Whether another attempt would send the same bytes. */
  canReplay(): boolean {
    return this.#body?.canReplay() ?? true
  }

  /** The request for an attempt, from the first byte of its body. */
  attempt(origin: string, headers: string[]): Dispatcher.DispatchOptions {
    const options = { ...this.options, origin, headers }
    if (this.#body === undefined) return options
    // undici takes any async iterable, though its types name streams only.
    return { ...options, body: this.#body.attempt() as unknown as Readable }
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
