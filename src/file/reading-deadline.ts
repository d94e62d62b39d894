import type { Clock } from '../credential/clock.ts'
import { follow } from '../credential/follow.ts'
import { fileError } from './read-credential-file.ts'

// What a disk or a network file system needs at its worst; a mount that hangs never comes back.
const deadlineMs = 15_000

/**
 * Gives up a reading that takes too long.
 *
 * The system cannot be told to let go of a file: what was given up is not
 * begun again before it has come back, or each would keep a thread.
 */
export class ReadingDeadline {
  readonly #files: readonly string[]
  readonly #clock: Clock
  #busy = false

  constructor(files: readonly string[], clock: Clock) {
    this.#files = files
    this.#clock = clock
  }

  /**
   * @throws {@link KubecredError} `ERR_CREDENTIAL_FILE` when it takes too long; the reason of the signal;
   *   what `read` throws.
   */
  async hold<Value>(
    signal: AbortSignal,
    read: (signal: AbortSignal) => Promise<Value>,
  ): Promise<Value> {
    signal.throwIfAborted()
    if (this.#busy) throw this.#tooLong()
    const own = new AbortController()
    const unfollow = follow(signal, own)
    const timer = this.#clock.after(deadlineMs, () => {
      own.abort(this.#tooLong())
    })
    const given = Promise.withResolvers<never>()
    own.signal.addEventListener('abort', () => {
      given.reject(own.signal.reason)
    })
    try {
      return await Promise.race([this.#run(() => read(own.signal)), given.promise])
    } finally {
      timer.cancel()
      unfollow()
    }
  }

  async #run<Value>(read: () => Promise<Value>): Promise<Value> {
    this.#busy = true
    try {
      return await read()
    } finally {
      this.#busy = false
    }
  }

  #tooLong(): Error {
    const files = this.#files.join(', ')
    return fileError(
      this.#files[0] ?? '',
      `${files}: not read within ${deadlineMs / 1000} seconds: nobody writes to it, or its file system hangs`,
    )
  }
}
