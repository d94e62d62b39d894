import type { Socket } from 'node:net'

import { errorCodes } from './frames.ts'
import { Http2Error } from './http2-error.ts'

/**
 * What is to be written on a connection. What comes within one turn of the event loop leaves in one
 * write, which costs the system as much as one frame would.
 */
export class Outbox {
  readonly #socket: Socket
  #frames: Buffer[] = []
  #closed = false
  /** Bytes that were added, and those of them that were written, since the beginning. */
  #added = 0
  #written = 0
  /** Bytes of answers since it was last seen that the server reads them. */
  #answers = 0
  /** It reads them when the bytes up to here have left. */
  #mark = 0
  readonly #write = (): void => {
    const frames = this.#frames
    const [first] = frames
    this.#frames = []
    this.#written = this.#added
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
    this.#added += frame.length
    if (this.#frames.push(frame) === 1) setImmediate(this.#write)
  }

  /**
   * Adds what a server has asked for.
   *
   * @throws {@link Http2Error} when it goes on asking, and reads no answer.
   */
  answer(frame: Buffer): void {
    this.add(frame)
    // Requests wait here as well, and may be many: what counts is how much was added meanwhile.
    if (this.#written - this.#socket.writableLength >= this.#mark) {
      this.#answers = 0
      this.#mark = this.#added
    }
    this.#answers += frame.length
    if (this.#answers <= mostUnread) return
    throw new Http2Error(errorCodes.enhanceYourCalm, 'questions without an end')
  }

  /** Writes what there is, now; nothing is written after it. */
  finish(): void {
    this.#write()
    this.#closed = true
  }
}

// What a server may leave unread while it goes on asking, bytes.
const mostUnread = 64 * 1024
