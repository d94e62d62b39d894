import { systemClock, type Clock } from '../credential/clock.ts'
import { Successors } from '../credential/successors.ts'
import { KubecredError } from '../errors/kubecred-error.ts'
import { Follower, type FileReading } from './follower.ts'

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
   * Reads the files now, for instance because a server did not take what was in them. Those who call
   * while a reading is under way share the next one; one that takes longer than 15 seconds has failed.
   *
   * @throws {@link KubecredError} `ERR_CREDENTIAL_FILE` or `ERR_CREDENTIAL_INVALID` when they cannot be
   *   used; {@link RotatingFile.current} stays. `ERR_CLOSED`.
   */
  reload(): Promise<Value>

  /**
   * Gives what there is, and then each new one; a reader that is slow gets the latest, not all. While the
   * next one is awaited the process stays alive. `break`, an abort and `close` end it, the abort with its
   * reason.
   */
  values(options?: ValuesOptions): AsyncIterableIterator<Value, undefined>

  /** As {@link RotatingFile.values}, without a signal. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Value, undefined>

  /**
   * Watches the files no more; `current` stays as it is. Idempotent. One that is dropped without it is
   * closed once it has been collected.
   */
  close(): Promise<void>
}

/** What {@link RotatingFile.values} takes. */
export interface ValuesOptions {
  /** Ends the iteration with its reason, also while the next value is awaited. */
  readonly signal?: AbortSignal | undefined
}

/** What the functions that open files take. */
export interface RotatingFileOptions {
  /** Default: the machine's time. */
  readonly clock?: Clock | undefined
}

/**
 * Reads files, and again whenever they change.
 *
 * @throws {@link KubecredError} What `read` throws at the first time.
 */
export async function openRotatingFile<Value>(
  reading: FileReading<Value>,
  { clock = systemClock }: RotatingFileOptions = {},
): Promise<RotatingFile<Value>> {
  const files = Object.freeze([...reading.files])
  const follower = new Follower({ ...reading, files }, clock)
  const file = new FollowedFile(files, follower, await follower.open())
  const close = (): void => {
    follower.close(closedError(files))
  }
  dropped.register(file, close, file)
  return file
}

const dropped = new FinalizationRegistry<() => void>((close) => {
  close()
})

/** One reader's hold on what follows the files; nothing in there leads back to it. */
class FollowedFile<Value> implements RotatingFile<Value> {
  readonly files: readonly string[]
  readonly #follower: Follower<Value>
  readonly #first: Value

  constructor(files: readonly string[], follower: Follower<Value>, first: Value) {
    this.files = files
    this.#follower = follower
    this.#first = first
  }

  current(): Value {
    return this.#follower.current(this.#first)
  }

  async reload(): Promise<Value> {
    return await this.#follower.reload()
  }

  values({ signal }: ValuesOptions = {}): AsyncIterableIterator<Value, undefined> {
    return new Successors((last, own) => this.#follower.successorOf(last, own), signal)
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<Value, undefined> {
    return this.values()
  }

  close(): Promise<void> {
    // What it would be closed by leads, by the stack of its error, to who has closed it.
    dropped.unregister(this)
    this.#follower.close(closedError(this.files))
    return Promise.resolve()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

function closedError(files: readonly string[]): KubecredError {
  return new KubecredError('ERR_CLOSED', `reader of ${files.join(', ')} is closed`)
}
