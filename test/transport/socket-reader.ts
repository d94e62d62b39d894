import type { Socket } from 'node:net'

/** Reads a socket piece by piece, and leaves it as it was for whoever comes after. */
export class SocketReader {
  readonly #socket: Socket
  readonly #onData: (bytes: Buffer) => void
  #held: Buffer = Buffer.alloc(0)
  #wake: () => void = () => undefined

  /** @param heard Told of all that is read. */
  constructor(socket: Socket, heard: (bytes: Buffer) => void) {
    this.#socket = socket
    this.#onData = (bytes) => {
      heard(bytes)
      this.#held = Buffer.concat([this.#held, bytes])
      this.#wake()
    }
    socket.on('data', this.#onData)
    socket.once('end', () => this.#wake()).once('close', () => this.#wake())
  }

  /** Waits for so many bytes, and leaves them. */
  async atLeast(length: number): Promise<void> {
    while (this.#held.length < length) await this.#more()
  }

  async take(length: number): Promise<Buffer> {
    await this.atLeast(length)
    const taken = this.#held.subarray(0, length)
    this.#held = this.#held.subarray(length)
    return taken
  }

  /** Up to a text, and with it. */
  async takeThrough(text: string): Promise<Buffer> {
    while (!this.#held.includes(text)) await this.#more()
    return await this.take(this.#held.indexOf(text) + text.length)
  }

  /** What was read too far; reads no more. */
  rest(): Buffer {
    this.#socket.off('data', this.#onData)
    return this.#held
  }

  async #more(): Promise<void> {
    if (this.#socket.readableEnded || this.#socket.destroyed) throw new Error('the client left')
    await new Promise<void>((resolve) => (this.#wake = resolve))
  }
}
