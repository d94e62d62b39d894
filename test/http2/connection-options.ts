import type { Http2ConnectionOptions } from '../../src/http2/connection-options.ts'
import type { Clock } from '../../src/credential/clock.ts'

/** How a test has a connection, where nothing else is said. */
export function connectionOptions(clock: Clock): Http2ConnectionOptions {
  return { authority: 'api.example:6443', idleMs: 60_000, largestHead: 16 * 1024, clock }
}
