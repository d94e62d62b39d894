import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'

/** What a {@link ScriptedServer} does on a connection once a request has come. */
export type Script = (socket: Socket, request: string) => void

/** A server of bytes: it says what a test has it say, HTTP or not. */
export class ScriptedServer implements AsyncDisposable {
  /** Requests that came, each as it came. */
  readonly requests: string[] = []
  script: Script
  connections = 0
  readonly #server = createServer((socket) => this.#connected(socket))
  readonly #sockets = new Set<Socket>()

  constructor(script: Script) {
    this.script = script
  }

  get origin(): string {
    // It listens on a port.
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  get open(): number {
    return this.#sockets.size
  }

  async listen(): Promise<this> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return this
  }

  /** Says something on all connections, asked or not. */
  say(bytes: string): void {
    for (const socket of this.#sockets) socket.write(bytes, 'latin1')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #connected(socket: Socket): void {
    this.connections++
    this.#sockets.add(socket)
    let begun = ''
    socket.on('error', () => undefined).on('close', () => this.#sockets.delete(socket))
    socket.on('data', (chunk: Buffer) => {
      begun += chunk.toString('latin1')
      if (!begun.endsWith('\r\n\r\n')) return
      const request = begun
      begun = ''
      this.requests.push(request)
      this.script(socket, request)
    })
  }
}

/** A script that writes these pieces one after the other, each in a packet of its own. */
export function inPieces(pieces: readonly string[], end: 'keep' | 'close' = 'keep'): Script {
  return (socket) => {
    socket.setNoDelay(true)
    const next = (index: number): void => {
      const piece = pieces[index]
      if (socket.destroyed) return
      if (piece === undefined) {
        if (end === 'close') socket.end()
        return
      }
      socket.write(piece, 'latin1', () => setImmediate(() => next(index + 1)))
    }
    next(0)
  }
}
