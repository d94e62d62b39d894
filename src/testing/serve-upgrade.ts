import type { Duplex } from 'node:stream'

/** An HTTP/1.1 upgrade: the socket is the receiver's, `head` came ahead of its time. */
export interface UpgradeAttempt {
  readonly socket: Duplex
  readonly head: Buffer
}

/** Answers an upgrade with 101, and gives the connection with everything that has come on it. */
export function acceptUpgrade(
  { socket, head }: UpgradeAttempt,
  headers: Readonly<Record<string, string>>,
): Duplex {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n${lines.join('')}\r\n`,
    'latin1',
  )
  if (head.length > 0) socket.unshift(head)
  // HTTP ends a connection when its client does; what it was upgraded to may have more to say.
  socket.allowHalfOpen = true
  return socket
}
