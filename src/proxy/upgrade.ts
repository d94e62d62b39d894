import { STATUS_CODES } from 'node:http'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/** The head of an answer that switches protocols, as it goes over the wire. */
export function switchingHead(statusCode: number, headers: readonly string[]): string {
  const lines = [`HTTP/1.1 ${statusCode} ${STATUS_CODES[statusCode] ?? ''}`]
  for (let index = 0; index + 1 < headers.length; index += 2) {
    lines.push(`${headers[index] ?? ''}: ${headers[index + 1] ?? ''}`)
  }
  return `${lines.join('\r\n')}\r\n\r\n`
}

// One that vanishes looks like one that has said all it had; where nothing more comes, it was that.
const lingerMs = 60_000

/**
 * Makes one connection of two: what one side says the other hears, no faster than it takes it. A side
 * that has said all it had may still listen, as long as something comes; when one breaks, the other
 * is cut.
 *
 * @param keepAliveMs How often a quiet connection is probed.
 */
export function joinSockets(client: Socket, upstream: Duplex, keepAliveMs: number): void {
  for (const socket of [client, upstream]) {
    if (socket instanceof Socket) socket.setKeepAlive(true, keepAliveMs).setNoDelay(true)
  }
  passOn(client, upstream)
  passOn(upstream, client)
}

function passOn(from: Duplex, to: Duplex): void {
  from.pipe(to)
  from.once('end', () => {
    if (to instanceof Socket) to.setTimeout(lingerMs, () => to.destroy())
  })
  // Why it broke does not matter: it closes then.
  from.on('error', () => undefined)
  from.once('close', () => {
    // What it has said before it went is still on its way.
    if (from.readableEnded) to.end(() => to.destroy())
    else to.destroy()
  })
}

// What a client may say before the server has answered its upgrade.
const mostEarly = 64 * 1024

/**
 * What a client says after the head of an upgrade, kept until the server has answered. Its
 * connection is not read by anybody else then, so this also sees the client go.
 */
export class EarlyBytes {
  readonly #socket: Duplex
  readonly #chunks: Buffer[]
  #bytes = 0

  constructor(socket: Duplex, head: Buffer) {
    this.#socket = socket
    this.#chunks = [head]
    socket.on('data', this.#onData).once('end', this.#onEnd)
  }

  /** Gives it all, and stops listening. */
  take(): Buffer {
    this.#socket.off('data', this.#onData).off('end', this.#onEnd)
    return Buffer.concat(this.#chunks)
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#chunks.push(chunk)
    this.#bytes += chunk.length
    if (this.#bytes > mostEarly) this.#socket.destroy()
  }

  readonly #onEnd = (): void => {
    this.#socket.destroy()
  }
}
