import type { Writable } from 'node:stream'

import { CommandError } from './command-error.ts'

/** The reader of our output has gone, as `head` does: no failure, and nothing more to do. */
export class ReaderGone extends Error {}

/** Standard output: writes wait until the reader has taken what was written. */
export class Output {
  readonly #stream: Writable

  constructor(stream: Writable) {
    this.#stream = stream
    // Failures come with the write that they belong to; without a listener they would end us.
    stream.on('error', () => undefined)
  }

  /**
   * Writes, and waits until it has left.
   *
   * @throws {@link ReaderGone}; {@link CommandError} when it cannot be written.
   */
  write(chunk: string | Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#stream.write(chunk, (error) => {
        if (error === null || error === undefined) resolve()
        else reject(explain(error))
      })
    })
  }
}

function explain(error: Error): Error {
  const code = 'code' in error ? error.code : undefined
  // The second is what a stream says after the first.
  if (code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED') return new ReaderGone(error.message)
  return new CommandError(`write to standard output: ${error.message}`, {
    cause: error,
    hint: 'is the disk full?',
  })
}
