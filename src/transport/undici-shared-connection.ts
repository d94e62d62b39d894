import type { Dispatcher } from 'undici'

/** A connection that is there, and carries many requests at a time. */
export interface SharedConnection {
  /** Whether it has a request. */
  readonly busy: boolean
  /** Whether it takes another one now. */
  readonly hasRoom: boolean
  /** Whether it will never take another one. */
  readonly leaving: boolean
  /** Most requests at a time, as far as the server has said. */
  readonly mostAtOnce: number
  /** Whether it has answered one. */
  readonly used: boolean
  /** Sends a request; only when there is room. */
  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void
  /** Asks the server for a sign of life. */
  ping(): void
  /** Takes no more requests, and closes when those that it has are done. */
  retire(): void
  /** Closes it now; requests under way end with `error`. */
  destroy(error: Error): void
}

/** Who hears of a {@link SharedConnection}. */
export interface SharedConnectionOwner {
  /** It may have room for another request, or has lost it. */
  changed(): void
  /** It carries nothing any more; heard once. */
  gone(): void
}
