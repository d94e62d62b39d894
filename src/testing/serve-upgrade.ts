import type { IncomingMessage } from 'node:http'

import type { UpgradeAttempt } from './tls-listener.ts'

/** Answers an upgrade with 101 and from then on sends back every byte that comes. */
export function serveUpgrade(
  headers: IncomingMessage['headers'],
  { socket, head }: UpgradeAttempt,
): void {
  const protocol = headers.upgrade ?? ''
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n\r\n`,
  )
  if (head.length > 0) socket.write(head)
  socket.pipe(socket)
}
