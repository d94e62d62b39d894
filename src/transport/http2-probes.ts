/** How a connection that speaks HTTP/2 is asked whether the other side is still there. */
export interface Http2Probes {
  /** A PING goes out so often, milliseconds; 0 for never. Default: 30 000, as in client-go. */
  readonly readIdleMs: number
  /** How long its answer may take, milliseconds. Default: 15 000, as in client-go. */
  readonly pingTimeoutMs: number
}

/** What client-go does when nothing else is said. */
export const defaultProbes: Http2Probes = { readIdleMs: 30_000, pingTimeoutMs: 15_000 }
