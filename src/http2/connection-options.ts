import type { Clock } from '../credential/clock.ts'

/** How a connection is used. */
export interface Http2ConnectionOptions {
  /** Host and port, as requests name them that name no other. */
  readonly authority: string
  /** How long it is kept without a request, milliseconds. */
  readonly idleMs: number
  /** Largest head of a response, bytes. */
  readonly largestHead: number
  /** Most requests at a time until the server says how many. Default: 100, as in Go's client. */
  readonly mostAtOnce?: number | undefined
  readonly clock: Clock
}

/** Who hears of a connection. */
export interface Http2ConnectionOwner {
  /** It may have room for another request, or has lost it. */
  changed(): void
  /** It carries nothing any more; heard once. */
  gone(): void
}
