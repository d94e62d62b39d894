import type { X509Certificate } from 'node:crypto'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'

/** One TLS connection of a client. */
export interface Connection {
  /** Counted from 1. */
  readonly id: number
  readonly sessionReused: boolean
  readonly serverName: string | undefined
  /** The client's certificate, without the intermediates that came with it. */
  readonly clientCertificate: X509Certificate | undefined
  /** Whether TLS itself found that certificate good, by its intermediates and the real time. */
  readonly clientTrusted: boolean
  /** Drops the TCP connection: with a reset, or with a plain end. */
  drop(how: 'reset' | 'end'): void
}

/** Knows every socket of a server, so that it can be counted and none outlives the server. */
export class Connections {
  readonly #sockets = new Set<Socket>()
  readonly #secure = new Map<TLSSocket, Connection>()
  #opened = 0

  /** TLS connections that are open. */
  get open(): number {
    return this.#secure.size
  }

  /** TLS connections that were ever opened. */
  get opened(): number {
    return this.#opened
  }

  /** Takes note of a TCP connection, before its handshake. */
  accept(socket: Socket): void {
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
  }

  /** Takes note of a finished handshake. */
  secure(socket: TLSSocket): void {
    this.#opened += 1
    // The TLS socket hides the TCP socket below it, which alone can be reset.
    const below = [...this.#sockets].find(({ remotePort }) => remotePort === socket.remotePort)
    this.#secure.set(socket, {
      id: this.#opened,
      sessionReused: socket.isSessionReused(),
      serverName: typeof socket.servername === 'string' ? socket.servername : undefined,
      clientCertificate: socket.getPeerX509Certificate(),
      clientTrusted: socket.authorized,
      drop: (how) => {
        if (how === 'reset') below?.resetAndDestroy()
        else socket.destroy()
      },
    })
    socket.once('close', () => this.#secure.delete(socket))
  }

  /** The connection of a TLS socket, or of the stand-in for it that an HTTP/2 session gives. */
  of(socket: { readonly remotePort?: number | undefined }): Connection | undefined {
    // A socket that is closing has no port any more, and is nobody's stand-in.
    const { remotePort } = socket
    for (const [known, connection] of this.#secure) {
      if (known === socket) return connection
      if (remotePort !== undefined && known.remotePort === remotePort) return connection
    }
    return undefined
  }

  /** Drops every connection, finished handshake or not; done when all of them are gone. */
  async dropAll(): Promise<void> {
    const all = [...this.#sockets, ...this.#secure.keys()]
    const gone = all.map((socket) => new Promise((done) => socket.once('close', done)))
    for (const socket of this.#sockets) socket.destroy()
    await Promise.all(gone)
  }
}
