import type { Host } from '../host/host.ts'
import { defaultProbes, type Http2Probes } from '../transport/http2-probes.ts'

/** What the environment says of HTTP/2. */
export interface Http2Environment {
  /** Whether it is out of the question. */
  readonly http2Disabled: boolean
  readonly http2Probes: Http2Probes
}

/**
 * Reads the variables that client-go reads: `DISABLE_HTTP2`, `HTTP2_READ_IDLE_TIMEOUT_SECONDS` (0 for
 * no probes) and `HTTP2_PING_TIMEOUT_SECONDS`. A value that is no number of seconds counts as none.
 */
export function http2Environment(env: Host['env']): Http2Environment {
  const { readIdleMs, pingTimeoutMs } = defaultProbes
  const askedPing = milliseconds(env['HTTP2_PING_TIMEOUT_SECONDS'])
  return {
    http2Disabled: (env['DISABLE_HTTP2'] ?? '') !== '',
    http2Probes: {
      readIdleMs: milliseconds(env['HTTP2_READ_IDLE_TIMEOUT_SECONDS']) ?? readIdleMs,
      // Go, too, takes 0 for its own default here.
      pingTimeoutMs: askedPing === undefined || askedPing === 0 ? pingTimeoutMs : askedPing,
    },
  }
}

// What Node's timers can wait; they fire at once for more.
const longestMs = 2 ** 31 - 1

function milliseconds(text: string | undefined): number | undefined {
  if (text === undefined || !/^\+?\d+$/u.test(text)) return undefined
  return Math.min(Number(text) * 1000, longestMs)
}
