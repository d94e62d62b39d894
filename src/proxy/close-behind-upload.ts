import type { Socket } from 'node:net'
import type { Readable } from 'node:stream'

import type { Clock } from '../credential/clock.ts'

// How far Go's server goes for a client that still sends.
const mostBytes = 256 * 1024
const mostMs = 500

/**
 * Closes a connection whose answer was finished before the request had come: the client is told that
 * nothing follows, what it still sends is thrown away, and when that ends, or is a lot, or takes long,
 * the connection is gone. One that is closed while bytes come is reset, and its client may never see
 * the answer.
 */
export function closeBehindUpload(socket: Socket, upload: Readable, clock: Clock): void {
  let left = mostBytes
  const close = (): void => {
    timer.cancel()
    upload.pause()
    socket.destroySoon()
  }
  const timer = clock.after(mostMs, close)
  socket.once('close', () => timer.cancel())
  upload.on('data', (chunk: Buffer) => {
    left -= chunk.length
    if (left < 0) close()
  })
  upload.once('end', close)
  upload.resume()
  socket.end()
}
