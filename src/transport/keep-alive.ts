/**
 * How long a connection is quiet before the system asks whether the other side is still there, as in
 * client-go. Without it a watch on a connection that a router has forgotten would wait for ever.
 */
export const probeAfterMs = 30_000

/** How long a connection that nobody uses is kept: less than the API server's own patience. */
export const idleMs = 60_000
