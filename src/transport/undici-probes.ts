import type { Socket } from 'node:net'

import { errors } from 'undici'

import type { Clock, Timer } from '../credential/clock.ts'
import type { Http2Probes } from './http2-probes.ts'

/**
 * Ends a connection from which nothing comes any more, no answer to a PING either. undici sends
 * those, and does not mind whether they are answered.
 *
 * Looks are counted, not milliseconds: a machine that has slept finds out first.
 *
 * @returns Ends the looks.
 */
export function endWhenSilent(
  socket: Socket,
  { readIdleMs, pingTimeoutMs }: Http2Probes,
  clock: Clock,
): () => void {
  if (readIdleMs === 0) return () => undefined
  const patience = Math.ceil(readIdleMs / pingTimeoutMs) + 1
  let seen = socket.bytesRead
  let quietLooks = 0
  let timer: Timer
  const look = (): void => {
    quietLooks = socket.bytesRead === seen ? quietLooks + 1 : 0
    seen = socket.bytesRead
    if (quietLooks >= patience) {
      socket.destroy(new errors.SocketError('http2: client connection lost'))
      return
    }
    timer = clock.after(pingTimeoutMs, look)
  }
  timer = clock.after(pingTimeoutMs, look)
  const stop = (): void => {
    timer.cancel()
  }
  socket.once('close', stop)
  return stop
}
