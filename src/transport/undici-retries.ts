import { Dispatcher } from 'undici'

import type { RetryRules } from './retry-rules.ts'
import { modernHandler, type AnyHandler } from './undici-handler.ts'
import { RetriedRequest, type RetryBase } from './undici-retried-request.ts'

/** The dispatcher that it is made of, which it closes, and each request sent again as the rules say. */
export class RetryingDispatcher extends Dispatcher {
  readonly #base: RetryBase
  readonly #rules: RetryRules

  constructor(base: RetryBase, rules: RetryRules) {
    super()
    this.#base = base
    this.#rules = rules
  }

  override dispatch(options: Dispatcher.DispatchOptions, anyHandler: AnyHandler): boolean {
    const handler = modernHandler(anyHandler)
    const once = this.#rules.max === 0 || Boolean(options.upgrade)
    if (once) return this.#base.dispatcher.dispatch(options, handler)
    return new RetriedRequest(this.#base, this.#rules, options, handler).start()
  }

  override close(): Promise<void>
  override close(callback: () => void): void
  override close(callback?: () => void): Promise<void> | void {
    const { dispatcher } = this.#base
    return callback === undefined ? dispatcher.close() : dispatcher.close(callback)
  }

  override destroy(): Promise<void>
  override destroy(error: Error | null): Promise<void>
  override destroy(callback: () => void): void
  override destroy(error: Error | null, callback: () => void): void
  override destroy(
    errorOrCallback: Error | null | (() => void) = null,
    callback?: () => void,
  ): Promise<void> | void {
    const { dispatcher } = this.#base
    if (typeof errorOrCallback === 'function') return dispatcher.destroy(errorOrCallback)
    if (callback === undefined) return dispatcher.destroy(errorOrCallback)
    return dispatcher.destroy(errorOrCallback, callback)
  }
}
