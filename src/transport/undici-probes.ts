import type { Socket } from 'node:net'

import { errors } from 'undici'

import type { Clock, Timer } from '../credential/clock.ts'
import type { Http2Probes } from './http2-probes.ts'

/** How a connection is looked at. */
export interface Looks extends Http2Probes {
  readonly clock: Clock
  /** Sends a PING. Default: nothing, somebody else does. */
  readonly ask?: () => void
}

/**
 * Ends a connection from which nothing comes any more, no answer to a PING either. undici sends
 * those by itself, and does not mind whether they are answered.
 *
 * Looks are counted, not milliseconds: a machine that has slept finds out first.
 *
 * @returns Ends the looks.
 */
export function endWhenSilent(
  socket: Socket,
  { readIdleMs, pingTimeoutMs, clock, ask }: Looks,
): () => void {
  if (readIdleMs === 0) return () => undefined
  const lookMs = Math.min(readIdleMs, pingTimeoutMs)
  const patience = Math.ceil((readIdleMs + pingTimeoutMs) / lookMs)
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
    if (quietLooks * lookMs >= readIdleMs) ask?.()
    timer = clock.after(lookMs, look)
  }
  timer = clock.after(lookMs, look)
  const stop = (): void => {
    timer.cancel()
  }
  socket.once('close', stop)
  return stop
}
