import { errorCodes } from './frames.ts'
import { Http2Error } from './http2-error.ts'

/** What a stream may receive when it begins, bytes; more as its reader keeps up. */
export const firstWindow: number = 256 * 1024

// The same of all streams of a connection together.
const connectionWindow = 16 * 1024 * 1024
const windowOfProtocol = 65_535

/** What all streams together may still receive, given back as it comes: none waits for another. */
export class ConnectionWindow {
  /** What the server is to be told at first. */
  readonly more: number = connectionWindow - windowOfProtocol
  #received = 0

  /** Counts what has come. The result is what the server is to be told, 0 for nothing yet. */
  receive(bytes: number): number {
    this.#received += bytes
    if (this.#received < connectionWindow / 2) return 0
    const given = this.#received
    this.#received = 0
    return given
  }
}

// As large as that of Go's client, which a list of many megabytes over a long way needs.
const largestWindow = 4 * 1024 * 1024

/** What the streams of a connection may have beyond their first windows, in all. */
export class SpareBytes {
  #left = 16 * 1024 * 1024

  take(bytes: number): boolean {
    if (bytes > this.#left) return false
    this.#left -= bytes
    return true
  }

  giveBack(bytes: number): void {
    this.#left += bytes
  }
}

/**
 * How much more a server may send on a stream. What has been read is given back when it is half of the
 * window, which doubles each time, as long as there are bytes to spare: a reader that does not keep
 * up is never given more to hold.
 */
export class StreamWindow {
  readonly #spare: SpareBytes
  #size = firstWindow
  #open = firstWindow
  #read = 0
  #closed = false

  constructor(spare: SpareBytes) {
    this.#spare = spare
  }

  /** @throws {@link Http2Error} when more has come than was allowed. */
  receive(bytes: number): void {
    this.#open -= bytes
    if (this.#open >= 0) return
    throw new Http2Error(errorCodes.flowControlError, 'more bytes than were allowed')
  }

  /** Counts what has been read. The result is what the server is to be told, 0 for nothing yet. */
  read(bytes: number): number {
    this.#read += bytes
    if (this.#read < this.#size / 2 || this.#closed) return 0
    const more = this.#grow()
    const given = this.#read + more
    this.#open += given
    this.#read = 0
    return given
  }

  /** To be called once, when the stream is over. */
  close(): void {
    this.#closed = true
    this.#spare.giveBack(this.#size - firstWindow)
  }

  #grow(): number {
    const more = Math.min(this.#size, largestWindow - this.#size)
    if (!this.#spare.take(more)) return 0
    this.#size += more
    return more
  }
}
