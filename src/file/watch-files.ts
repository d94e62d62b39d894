import { watch, type FSWatcher } from 'node:fs'
import { realpath, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

import type { Clock, Timer } from '../credential/clock.ts'

/** What {@link watchFiles} needs. */
export interface WatchOptions {
  readonly clock: Clock
  /** Called with the paths of those that are not what they were. */
  readonly changed: (files: readonly string[]) => void
}

/** A watch over files, which does not keep the process alive. */
export interface FileWatch {
  close(): void
}

// Programs write a file in pieces, and replace several in a row.
const settleMs = 100

// A folder that never rests must not put it off for ever.
const longestSettleMs = 1000

// Where the system tells of nothing (network and overlay file systems), a look now and then does.
const lookMs = 10_000

/**
 * Calls back when files are written, replaced, removed or made. The folders are watched and not the
 * files: a file that is replaced takes a watch on itself with it, and Kubernetes replaces the folder
 * behind a link. A file that is not there yet may be given.
 */
export function watchFiles(files: readonly string[], options: WatchOptions): FileWatch {
  const watched = new WatchedFiles(files, options)
  void watched.start()
  return watched
}

class WatchedFiles implements FileWatch {
  readonly #files: readonly string[]
  readonly #options: WatchOptions
  #known: readonly string[] | undefined
  #watchers: FSWatcher[] = []
  #timer: Timer | undefined
  #stirredSince: number | undefined
  #closed = false

  constructor(files: readonly string[], options: WatchOptions) {
    this.#files = files
    this.#options = options
  }

  async start(): Promise<void> {
    // What happens between the first look and the watch is seen by the next look.
    this.#known = await Promise.all(this.#files.map(markOf))
    const folders = await Promise.all(this.#files.map(foldersOf))
    if (this.#closed) return
    for (const folder of new Set(folders.flat())) this.#watch(folder)
    this.#lookIn(lookMs)
  }

  close(): void {
    this.#closed = true
    this.#timer?.cancel()
    for (const watcher of this.#watchers) watcher.close()
    this.#watchers = []
  }

  #watch(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, () => {
        this.#stir()
      })
      // A folder that goes away; the looks go on.
      watcher.on('error', () => {
        watcher.close()
      })
      this.#watchers.push(watcher)
    } catch {
      // It is not there, or there are no more watches to be had: the looks find it all the same.
    }
  }

  /** Something has happened; it is looked at when it is over, or has gone on for long. */
  #stir(): void {
    const now = this.#options.clock.now()
    this.#stirredSince ??= now
    if (now - this.#stirredSince < longestSettleMs) this.#lookIn(settleMs)
  }

  // While the files were looked at something may have happened, which the compiler does not see.
  #isStirred(): boolean {
    return this.#stirredSince !== undefined
  }

  #lookIn(ms: number): void {
    this.#timer?.cancel()
    if (!this.#closed) this.#timer = this.#options.clock.after(ms, () => void this.#look())
  }

  async #look(): Promise<void> {
    this.#stirredSince = undefined
    const marks = await Promise.all(this.#files.map(markOf))
    if (this.#closed) return
    const changed = this.#files.filter((_, index) => marks[index] !== this.#known?.[index])
    this.#known = marks
    if (!this.#isStirred()) this.#lookIn(lookMs)
    if (changed.length > 0) this.#options.changed(changed)
  }
}

/** What is different when the content may be. */
async function markOf(file: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeMs, ctimeMs } = await stat(file)
    return [dev, ino, size, mtimeMs, ctimeMs].join(' ')
  } catch {
    return 'missing'
  }
}

/** The folder in which the path stands, and that of the file it leads to. */
async function foldersOf(file: string): Promise<readonly string[]> {
  const target = await realpath(file).catch(() => file)
  return [dirname(file), dirname(target)]
}
