import { Changes } from '../credential/changes.ts'
import type { Clock, Timer } from '../credential/clock.ts'
import { KubecredError, messageOf } from '../errors/kubecred-error.ts'
import { publish } from '../events/channels.ts'
import { stat } from '../host/file-system.ts'
import { ReadingDeadline } from './reading-deadline.ts'
import { fileError } from './read-credential-file.ts'
import { SharedRuns } from './shared-runs.ts'
import { watchFiles, type FileWatch } from './watch-files.ts'

/** What a reading is given. */
export interface ReadingContext<Value> {
  readonly clock: Clock
  readonly signal: AbortSignal
  /** What was read last; undefined at the first reading. */
  readonly last: Value | undefined
}

/** How files are read, and when what they hold is the same. */
export interface FileReading<Value> {
  /** Absolute paths. */
  readonly files: readonly string[]
  read(context: ReadingContext<Value>): Promise<Value>
  same(one: Value, other: Value): boolean
  /** Serves until they can be read. Default: they have to be readable at once. */
  readonly initial?: Value | undefined
  /** They are read at least this often, should a change not show; milliseconds. Default: never. */
  readonly everyMs?: number | undefined
  /** Called after each change; it may not lead to who holds the reader, who would never be collected. */
  readonly changed?: (() => void) | undefined
}

// What cannot be read may become readable without any sign of it.
const retryMs = 10_000

/** Reads files, and again when they change; the last good value stays. */
export class Follower<Value> {
  readonly #reading: FileReading<Value>
  readonly #clock: Clock
  readonly #watch: FileWatch
  readonly #deadline: ReadingDeadline
  readonly #runs = new SharedRuns(() => this.#readAgain())
  readonly #stop = new AbortController()
  readonly #changes = new Changes()
  #held: { readonly value: Value } | undefined
  #changedMeanwhile = false
  #again: Timer | undefined

  constructor(reading: FileReading<Value>, clock: Clock) {
    this.#reading = reading
    this.#clock = clock
    this.#deadline = new ReadingDeadline(reading.files, clock)
    this.#watch = watchFiles(reading.files, {
      clock,
      changed: () => {
        if (this.#held === undefined) this.#changedMeanwhile = true
        else this.refresh()
      },
    })
  }

  /** The first reading; @throws what `read` throws, unless there is an initial value. */
  async open(): Promise<Value> {
    const { initial } = this.#reading
    try {
      const value = await this.#deadline.hold(this.#stop.signal, async (signal) => {
        await this.#watch.ready
        return await this.#read(signal)
      })
      this.#held = { value }
      this.#readIn(this.#reading.everyMs)
    } catch (error) {
      if (initial === undefined || this.isClosed) {
        this.close(error)
        throw error
      }
      this.#held = { value: initial }
      this.#failed(error)
    }
    if (this.#changedMeanwhile) this.refresh()
    return this.#held.value
  }

  get isClosed(): boolean {
    return this.#stop.signal.aborted
  }

  /** The last good value, which there is once it has been opened. */
  current(opened: Value): Value {
    return this.#held === undefined ? opened : this.#held.value
  }

  /** Reads the files now; one reading that begins after the call serves all who call meanwhile. */
  async reload(): Promise<Value> {
    this.#stop.signal.throwIfAborted()
    return await this.#runs.ask()
  }

  /** As {@link reload}, where nobody waits: a failure is an event. */
  refresh(): void {
    this.reload().catch(() => undefined)
  }

  /** Another value than `last`; undefined when it is closed. It holds the process while it waits. */
  async successorOf(last: Value | undefined, signal: AbortSignal): Promise<Value | undefined> {
    for (;;) {
      signal.throwIfAborted()
      const seen = this.#changes.count
      if (this.isClosed) return undefined
      if (this.#held !== undefined && this.#held.value !== last) return this.#held.value
      await this.#changes.wait(seen, Infinity, this.#clock, signal)
    }
  }

  /** @param reason What whoever still reads gets. */
  close(reason: unknown): void {
    this.#stop.abort(reason)
    this.#watch.close()
    this.#again?.cancel()
    this.#changes.tell()
  }

  async #readAgain(): Promise<Value> {
    try {
      const value = await this.#deadline.hold(this.#stop.signal, async (signal) => {
        await Promise.all(this.#reading.files.map(assertRegular))
        return await this.#read(signal)
      })
      this.#stop.signal.throwIfAborted()
      this.#readIn(this.#reading.everyMs)
      return this.#take(value)
    } catch (error) {
      if (!this.isClosed) this.#failed(error)
      throw error
    }
  }

  async #read(signal: AbortSignal): Promise<Value> {
    return await this.#reading.read({ clock: this.#clock, signal, last: this.#held?.value })
  }

  #take(value: Value): Value {
    const before = this.#held
    if (before !== undefined && this.#reading.same(before.value, value)) return before.value
    this.#held = { value }
    this.#changes.tell()
    publish('kubecred:file:changed', () => ({ files: this.#reading.files }))
    this.#reading.changed?.()
    return value
  }

  #failed(error: unknown): void {
    publish('kubecred:file:failed', () => ({
      files: this.#reading.files,
      errorCode: error instanceof KubecredError ? error.code : undefined,
      message: messageOf(error),
      retryInMs: retryMs,
    }))
    this.#readIn(retryMs)
  }

  #readIn(ms: number | undefined): void {
    this.#again?.cancel()
    if (ms === undefined || this.isClosed) return
    this.#again = this.#clock.after(ms, () => {
      this.refresh()
    })
  }
}

/** A pipe is read once, if at all: whoever reads it again waits until somebody writes. */
async function assertRegular(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined)
  // What is missing is told by the reading.
  if (found === undefined || found.isFile() || found.isDirectory()) return
  throw fileError(file, `${file} is no regular file, and is not read again`)
}
