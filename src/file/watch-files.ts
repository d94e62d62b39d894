import { watch, type FSWatcher } from 'node:fs'
import { readlink, stat } from 'node:fs/promises'
import { dirname, join, parse, resolve, sep } from 'node:path'

import type { Clock, Timer } from '../credential/clock.ts'

/** What {@link watchFiles} needs. */
export interface WatchOptions {
  readonly clock: Clock
  /** Called with the paths of those that are not what they were. */
  readonly changed: (files: readonly string[]) => void
}

/** A watch over files, which does not keep the process alive. */
export interface FileWatch {
  /** Fulfilled when it knows what the files are: what is read after that is not missed when it changes. */
  readonly ready: Promise<void>
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
 * behind a link. So is each folder in which a link of the path stands. A file that is not there yet may be given.
 */
export function watchFiles(files: readonly string[], options: WatchOptions): FileWatch {
  return new WatchedFiles(files, options)
}

class WatchedFiles implements FileWatch {
  readonly ready: Promise<void>
  readonly #files: readonly string[]
  readonly #options: WatchOptions
  #known: readonly string[] | undefined
  /** By the identity of their folder: one that is made again is another. */
  readonly #watchers = new Map<string, FSWatcher>()
  /** Some folder is not there yet. */
  #incomplete = false
  #timer: Timer | undefined
  #stirredSince: number | undefined
  #closed = false

  constructor(files: readonly string[], options: WatchOptions) {
    this.#files = files
    this.#options = options
    this.ready = this.#start()
  }

  async #start(): Promise<void> {
    // What happens between the first look and the watch is seen by the next look.
    this.#known = await Promise.all(this.#files.map(markOf))
    await this.#watchFolders()
    this.#lookIn(lookMs)
  }

  close(): void {
    this.#closed = true
    this.#timer?.cancel()
    for (const watcher of this.#watchers.values()) watcher.close()
    this.#watchers.clear()
  }

  /** Watches the folders that there are now, and those no more that are not. */
  async #watchFolders(): Promise<void> {
    const folders = (await Promise.all(this.#files.map(foldersOf))).flat()
    if (this.#closed) return
    this.#incomplete = folders.some(({ standsIn }) => standsIn)
    const wanted = new Set(folders.map(({ identity }) => identity))
    for (const [identity, watcher] of this.#watchers) {
      if (wanted.has(identity)) continue
      watcher.close()
      this.#watchers.delete(identity)
    }
    for (const { identity, path } of folders) {
      if (!this.#watchers.has(identity)) this.#watch(identity, path)
    }
  }

  #watch(identity: string, folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, () => {
        this.#stir()
      })
      // A folder that goes away; the looks go on.
      watcher.on('error', () => {
        watcher.close()
      })
      this.#watchers.set(identity, watcher)
    } catch {
      // It is not there, or there are no more watches to be had: the looks find it all the same.
    }
  }

  /** Something has happened; it is looked at when it is over, or has gone on for long. */
  #stir(): void {
    const now = this.#options.clock.monotonic()
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
    // Where they are may be another place by now; what happened there before it was watched shows soon.
    const known = new Set(this.#watchers.keys())
    if (changed.length > 0 || this.#incomplete) await this.#watchFolders()
    const isMoved = [...this.#watchers.keys()].some((identity) => !known.has(identity))
    if (!this.#isStirred()) this.#lookIn(isMoved ? settleMs : lookMs)
    if (changed.length > 0 && !this.#isClosed()) this.#options.changed(changed)
  }

  #isClosed(): boolean {
    return this.#closed
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

/** A folder to watch, and what tells it from another that is at its place later. */
interface Folder {
  readonly path: string
  readonly identity: string
  /** It stands in for one below it that is not there yet. */
  readonly standsIn: boolean
}

// As many as Linux follows.
const mostLinks = 40

/** The folders in which the path, the links on its way, and the file it leads to stand. */
async function foldersOf(file: string): Promise<readonly Folder[]> {
  const paths = new Set([dirname(file)])
  let { root: at } = parse(resolve(file))
  const ahead = partsOf(resolve(file))
  let links = 0
  for (let part = ahead.shift(); part !== undefined; part = ahead.shift()) {
    const here = join(at, part)
    const target = links < mostLinks ? await readlink(here).catch(() => undefined) : undefined
    if (target === undefined) at = here
    else {
      links++
      paths.add(at)
      const next = resolve(at, target)
      at = parse(next).root
      ahead.unshift(...partsOf(next))
    }
  }
  paths.add(dirname(at))
  return await Promise.all([...paths].map((path) => folderAt(path)))
}

function partsOf(path: string): string[] {
  return path
    .slice(parse(path).root.length)
    .split(sep)
    .filter((part) => part !== '')
}

/** The folder, or the nearest above it that is there. */
async function folderAt(path: string, standsIn = false): Promise<Folder> {
  try {
    const { dev, ino, birthtimeMs } = await stat(path)
    return { path, identity: [dev, ino, birthtimeMs, path].join(' '), standsIn }
  } catch {
    const above = dirname(path)
    if (above === path) return { path, identity: path, standsIn: true }
    return await folderAt(above, true)
  }
}
