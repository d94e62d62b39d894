import { systemClock, type Clock, type Timer } from '../credential/clock.ts'
import { KubecredError, messageOf } from '../errors/kubecred-error.ts'
import { publish } from '../events/channels.ts'
import { watchFiles, type FileWatch } from './watch-files.ts'

/** What stands in a file, or in several that belong together, as they are replaced on disk. */
export interface RotatingFile<Value> extends AsyncDisposable, AsyncIterable<Value> {
  /** Paths of what is read. */
  readonly files: readonly string[]

  /**
   * What was read last and is good, at once: no promise, and nothing is read. Within about a second of
   * a change it is what stands there now; while the files are missing or broken it stays as it was.
   */
  current(): Value

  /**
   * Reads the files now, for instance because a server did not take what was in them.
   *
   * @throws {@link KubecredError} `ERR_CREDENTIAL_FILE` or `ERR_CREDENTIAL_INVALID` when they cannot be
   *   used; {@link RotatingFile.current} stays. `ERR_CLOSED`.
   */
  reload(): Promise<Value>

  /**
   * Gives what there is, and then each new one; a reader that is slow gets the latest, not all. It ends
   * when the reader is closed, and keeps no process alive.
   */
  [Symbol.asyncIterator](): AsyncIterator<Value, undefined, undefined>

  /** Watches the files no more; `current` stays as it is. Idempotent. */
  close(): Promise<void>
}

/** What the functions that open files take. */
export interface RotatingFileOptions {
  /** Default: the machine's time. */
  readonly clock?: Clock | undefined
}

/** How files are read, and when what they hold is the same. */
export interface FileReading<Value> {
  readonly files: readonly string[]
  read(context: { readonly clock: Clock; readonly signal: AbortSignal }): Promise<Value>
  same(one: Value, other: Value): boolean
  /** Called after each change; it may not lead to who holds the reader, who would never be collected. */
  readonly changed?: (() => void) | undefined
}

// What cannot be read may become readable without any sign of it.
const retryMs = 10_000

/**
 * Reads files, and again whenever they change.
 *
 * @throws {@link KubecredError} What `read` throws at the first time.
 */
export async function openRotatingFile<Value>(
  reading: FileReading<Value>,
  { clock = systemClock }: RotatingFileOptions = {},
): Promise<RotatingFile<Value>> {
  const stop = new AbortController()
  let follower: Follower<Value> | undefined
  const sinceOpened = { changed: false }
  const changed = (): void => {
    sinceOpened.changed = true
    follower?.changed()
  }
  const watch = watchFiles(reading.files, { clock, changed })
  try {
    await watch.ready
    const value = await reading.read({ clock, signal: stop.signal })
    follower = new Follower({ reading, clock, watch, stop }, value)
    // It changed while it was read.
    if (sinceOpened.changed) follower.changed()
    return follower
  } catch (error) {
    watch.close()
    throw error
  }
}

interface FollowerParts<Value> {
  readonly reading: FileReading<Value>
  readonly clock: Clock
  readonly watch: FileWatch
  readonly stop: AbortController
}

class Follower<Value> implements RotatingFile<Value> {
  readonly files: readonly string[]
  readonly #parts: FollowerParts<Value>
  #value: Value
  #version = 0
  /** Readings run one after the other, so that the latest wins. */
  #last: Promise<unknown> = Promise.resolve()
  #retry: Timer | undefined
  #next = Promise.withResolvers<void>()

  constructor(parts: FollowerParts<Value>, value: Value) {
    this.files = Object.freeze([...parts.reading.files])
    this.#parts = parts
    this.#value = value
  }

  current(): Value {
    return this.#value
  }

  async reload(): Promise<Value> {
    const reading = this.#last.then(() => this.#read())
    this.#last = reading.catch(() => undefined)
    return await reading
  }

  /** Reads what has changed; a failure is an event. */
  changed(): void {
    this.reload().catch((error: unknown) => {
      this.#failed(error)
    })
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Value, undefined, undefined> {
    for (let seen = -1; !this.#isClosed();) {
      const next = this.#next.promise
      if (seen === this.#version) await next
      else {
        seen = this.#version
        yield this.#value
      }
    }
  }

  close(): Promise<void> {
    const { stop, watch } = this.#parts
    stop.abort(closedError(this.files))
    watch.close()
    this.#retry?.cancel()
    this.#wake()
    return Promise.resolve()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #read(): Promise<Value> {
    const { reading, clock, stop } = this.#parts
    stop.signal.throwIfAborted()
    const value = await reading.read({ clock, signal: stop.signal })
    stop.signal.throwIfAborted()
    this.#retry?.cancel()
    if (reading.same(this.#value, value)) return this.#value
    this.#value = value
    this.#version++
    this.#wake()
    publish('kubecred:file:changed', () => ({ files: this.files }))
    reading.changed?.()
    return value
  }

  #failed(error: unknown): void {
    if (this.#isClosed()) return
    publish('kubecred:file:failed', () => ({
      files: this.files,
      errorCode: error instanceof KubecredError ? error.code : undefined,
      message: messageOf(error),
      retryInMs: retryMs,
    }))
    this.#retry?.cancel()
    this.#retry = this.#parts.clock.after(retryMs, () => {
      this.changed()
    })
  }

  /** Whoever iterates looks again. */
  #wake(): void {
    this.#next.resolve()
    this.#next = Promise.withResolvers()
  }

  #isClosed(): boolean {
    return this.#parts.stop.signal.aborted
  }
}

function closedError(files: readonly string[]): KubecredError {
  return new KubecredError('ERR_CLOSED', `reader of ${files.join(', ')} is closed`)
}
