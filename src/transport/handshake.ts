import { TLSSocket } from 'node:tls'

import type { Clock } from '../credential/clock.ts'
import { KubecredError } from '../errors/kubecred-error.ts'

/** Longest time for a TLS handshake once the bytes can flow, as in client-go. */
export const handshakeMs = 10_000

/**
 * Gives a connection up whose TLS handshake does not come to its end: with `ERR_TIMEOUT`, in Go's
 * words. The time that TCP takes does not count.
 *
 * @param stream What has just begun to connect; nothing is done where it is not TLS.
 * @returns The same stream.
 */
export function limitHandshake<Stream>(stream: Stream, clock: Clock): Stream {
  if (!(stream instanceof TLSSocket)) return stream
  const socket: TLSSocket = stream
  const begin = (): void => {
    const timer = clock.after(handshakeMs, () => socket.destroy(handshakeTimeout()))
    const end = (): void => {
      timer.cancel()
    }
    socket.once('secureConnect', end).once('error', end).once('close', end)
  }
  if (socket.connecting) socket.once('connect', begin)
  else begin()
  return stream
}

function handshakeTimeout(): KubecredError {
  return new KubecredError(
    'ERR_TIMEOUT',
    'Unable to connect to the server: net/http: TLS handshake timeout',
    { hint: 'the server, or something on the way to it, accepts connections but speaks no TLS' },
  )
}
