import type { Dispatcher, Pool } from 'undici'

import type { Connections } from './generation.ts'
import { Http2Client, type Http2ClientOptions } from './undici-http2-client.ts'

/** What an {@link Http2Pool} needs. */
export interface Http2PoolOptions extends Omit<Http2ClientOptions, 'onLetGo'> {
  /** Makes undici's pool, with clients of this factory. */
  readonly open: (factory: NonNullable<Pool.Options['factory']>) => Pool
}

/**
 * Connections that speak HTTP/2 where the server does, each with many requests at a time. At a GOAWAY
 * requests go to a new pool of undici's, which would give the next ones to the connection that the
 * server closes; the old pool closes when it is done.
 */
export class Http2Pool implements Connections {
  readonly #options: Http2PoolOptions
  #current: Pool
  readonly #left = new Map<Pool, Promise<unknown>>()
  #closed: Promise<unknown> | undefined

  constructor(options: Http2PoolOptions) {
    this.#options = options
    this.#current = this.#open()
  }

  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    return this.#current.dispatch(options, handler)
  }

  /** Closes it, if nothing is under way: one that is closing could not be cut at the deadline. */
  retire(): void {
    if (this.#current.stats.size === 0 && this.#left.size === 0) void this.close()
  }

  /** Closes the connections when their requests are done. */
  async close(): Promise<void> {
    // Closed twice, a pool of undici's fails.
    await (this.#closed ??= Promise.all([this.#current.close(), ...this.#left.values()]))
  }

  /** Closes them now; requests under way or waiting end with `error`. */
  async destroy(error: Error): Promise<void> {
    const all = [this.#current, ...this.#left.keys()]
    await Promise.all(all.map((pool) => pool.destroy(error)))
  }

  #open(): Pool {
    const onLetGo = (): void => {
      this.#leave(pool)
    }
    const pool = this.#options.open(
      (origin, given) => new Http2Client(origin, given, { ...this.#options, onLetGo }),
    )
    return pool
  }

  #leave(pool: Pool): void {
    if (pool !== this.#current || pool.closed || pool.destroyed) return
    this.#current = this.#open()
    const closed = pool.close().finally(() => this.#left.delete(pool))
    this.#left.set(pool, closed)
  }
}
