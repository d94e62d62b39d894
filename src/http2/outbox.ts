import type { Socket } from 'node:net'

/**
 * What is to be written on a connection. What comes within one turn of the event loop leaves in one
 * write, which costs the system as much as one frame would.
 */
export class Outbox {
  readonly #socket: Socket
  #frames: Buffer[] = []
  #closed = false
  readonly #write = (): void => {
    const frames = this.#frames
    const [first] = frames
    this.#frames = []
    if (first === undefined || this.#closed) return
    this.#socket.write(frames.length === 1 ? first : Buffer.concat(frames))
  }

  constructor(socket: Socket) {
    this.#socket = socket
  }

  /** Whether the server takes what is written. */
  get flows(): boolean {
    return !this.#socket.writableNeedDrain
  }

  add(frame: Buffer): void {
    if (this.#frames.push(frame) === 1) setImmediate(this.#write)
  }

  /** Writes what there is, now; nothing is written after it. */
  finish(): void {
    this.#write()
    this.#closed = true
  }
}
