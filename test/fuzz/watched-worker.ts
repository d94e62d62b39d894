import { Worker } from 'node:worker_threads'

import type { Order, Report } from './worker.ts'
import type { Finding } from './verdict.ts'

// Every input is tried in far less than a millisecond for each of its bytes.
const defaultLongestMs = 10_000
const mostMegabytes = 512

/** How a thread is watched, and what runs in it. */
export interface WatchOptions {
  /** How long one input may take, in milliseconds; default: 10 s. */
  readonly longestMs?: number
  /** Default: worker.ts. */
  readonly program?: URL
}

/** A report, or what was wrong when there was none. */
export type Outcome =
  | { readonly report: Report; readonly died?: never }
  | { readonly died: Finding; readonly index: number; readonly report?: never }

/** A thread that tries inputs, and that is ended when one takes too long or too much memory. */
export class WatchedWorker {
  readonly #shared = new SharedArrayBuffer(4)
  readonly #progress = new Int32Array(this.#shared)
  readonly #longestMs: number
  readonly #program: URL
  #worker: Worker | undefined

  constructor(options: WatchOptions = {}) {
    this.#longestMs = options.longestMs ?? defaultLongestMs
    this.#program = options.program ?? new URL('worker.ts', import.meta.url)
  }

  /** Has an order carried out. */
  async run(order: Order): Promise<Outcome> {
    const worker = (this.#worker ??= this.#start())
    Atomics.store(this.#progress, 0, -1)
    const { promise, resolve } = Promise.withResolvers<Outcome>()
    const lost = (died: Finding): void => resolve({ died, index: this.#index() })
    const onMessage = (report: Report): void => resolve({ report })
    const onError = (error: Error): void => lost({ kind: 'crash', what: String(error.stack) })
    worker.once('message', onMessage).once('error', onError)
    const watch = this.#watch(lost)
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
    worker.postMessage(order)
    const outcome = await promise
    clearInterval(watch)
    worker.off('message', onMessage).off('error', onError)
    if (outcome.died !== undefined) await this.close()
    return outcome
  }

  async close(): Promise<void> {
    await this.#worker?.terminate()
    this.#worker = undefined
  }

  #start(): Worker {
    return new Worker(this.#program, {
      workerData: this.#shared,
      resourceLimits: { maxOldGenerationSizeMb: mostMegabytes },
    })
  }

  #index(): number {
    return Atomics.load(this.#progress, 0)
  }

  #watch(lost: (died: Finding) => void): NodeJS.Timeout {
    let [last, since] = [this.#index(), performance.now()]
    return setInterval(
      () => {
        const index = this.#index()
        const now = performance.now()
        if (index !== last || index === -1) [last, since] = [index, now]
        else if (now - since > this.#longestMs) {
          lost({ kind: 'hang', what: `it takes more than ${this.#longestMs / 1000} s` })
        }
      },
      Math.min(250, this.#longestMs / 4),
    )
  }
}
