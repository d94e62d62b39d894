import { join } from 'node:path'

import { systemClock, type Clock } from '../credential/clock.ts'
import { KubecredError, systemCodeOf } from '../errors/kubecred-error.ts'
import { checkOptions, checkText } from '../errors/given-option.ts'
import { mkdir, rename, rm, symlink } from '../host/file-changes.ts'
import { thisProcess, type ProcessView } from '../host/process-view.ts'
import { directoryError } from './directory-error.ts'
import { dataLink, draftLinkName, folderName, isAbandoned, isFolderName } from './folder-name.ts'
import { removeLeftovers } from './leftovers.ts'
import { linkTarget } from './link-target.ts'
import { checkedPayload, type Payload } from './payload.ts'
import { RetiredFolders } from './retired-folders.ts'
import { holdsPayload } from './same-content.ts'
import { changeLinks, linkChanges } from './visible-links.ts'
import { flushFolder, writeFolder } from './write-folder.ts'

/** How an {@link AtomicWriter} writes. */
export interface AtomicWriterOptions {
  /**
   * Whether files are on the disk before readers see them, so that a machine that crashes has no empty
   * token afterwards. Default true; false saves some milliseconds of each write.
   */
  readonly durable?: boolean
  /**
   * Milliseconds for which the files before stay where they are once others have taken their place:
   * who was just about to open one still finds it. Default 1000; the kubelet has 0.
   */
  readonly lingerMs?: number
  /** Default: the machine's. */
  readonly clock?: Clock
  /** Tells whose folders are abandoned. Default: this process. */
  readonly process?: ProcessView
}

/** What an {@link AtomicWriter} has done. */
export interface WriteResult {
  /** False when the files were there already, so that nothing was written. */
  readonly changed: boolean
  /** Name of the timestamped folder that the files are in. */
  readonly folder: string
  /** What processes that are gone had left behind, removed now; names in the directory. */
  readonly leftovers: readonly string[]
}

/**
 * Writes files into a directory as the kubelet writes a projected volume: all of them at once.
 *
 * A reader sees either the old ones or the new ones, each of them whole.
 *
 * The files are in a folder with a timestamp for a name; `..data` is a link to it, whose replacement is one
 * step, and what readers open are links through `..data`. A reader of several files who wants them from
 * the same write resolves `..data` once and reads there. The files before are removed by the next call
 * of `write` (whether it changes anything or not) or of `close`, when they have been out of sight long enough.
 *
 * A process that is killed at any point leaves the directory readable, and what it leaves lying about is
 * removed by the next write. Several processes may write to one directory: each write is whole, the last
 * one counts, and they remove nothing that another one is busy with. They should write the same paths,
 * though, since each removes the paths that are not its own. Processes that do not see each other (of two
 * containers) should not write at the same time.
 *
 * The directory has to exist, on a system with symbolic links (not Windows), and nobody else may be able
 * to write there.
 */
export class AtomicWriter {
  /** Where it writes. */
  readonly directory: string
  readonly #durable: boolean
  readonly #clock: Clock
  readonly #process: ProcessView
  readonly #retired: RetiredFolders
  /** The folder of the latest write. */
  #shown: string | undefined
  #latest: Promise<unknown> = Promise.resolve()
  #closing: Promise<void> | undefined

  constructor(directory: string, options: AtomicWriterOptions = {}) {
    checkText('directory', directory)
    checkOptions('"options" of AtomicWriter', options)
    const { durable = true, lingerMs = 1000, clock = systemClock, process = thisProcess } = options
    if (directory.includes('\0')) throw new TypeError('"directory" must not contain U+0000')
    if (!(lingerMs >= 0)) throw new TypeError(`"lingerMs" must not be negative: ${lingerMs}`)
    this.directory = directory
    this.#durable = durable
    this.#clock = clock
    this.#process = process
    this.#retired = new RetiredFolders(lingerMs, clock)
  }

  /**
   * Brings the directory to hold just these files; nothing is written where it does already.
   *
   * Writes of one writer wait for each other.
   *
   * @throws {@link KubecredError} `ERR_PROJECTION_INVALID` For paths that cannot be, before anything is
   *   written; `ERR_PROJECTION_DIRECTORY` when the system refuses something, with the file: readers have
   *   the old files then, or all of the new ones where only cleaning up has failed. `ERR_CLOSED` After
   *   `close`.
   */
  async write(payload: Payload): Promise<WriteResult> {
    const checked = checkedPayload(payload)
    if (this.#closing !== undefined) {
      throw new KubecredError('ERR_CLOSED', `the writer to ${this.directory} was closed`)
    }
    return this.#inTurn(() => this.#write(checked))
  }

  /**
   * Removes the files before, as soon as they have been out of sight long enough; for the end of a program.
   *
   * A second call waits for the first. What readers see stays.
   *
   * @throws {@link KubecredError} `ERR_PROJECTION_DIRECTORY` when they cannot be removed.
   */
  close(): Promise<void> {
    this.#closing ??= this.#inTurn(async () => {
      // A timer may be early by a part of a millisecond.
      for (let ms = this.#retired.longestMs(); ms > 0; ms = this.#retired.longestMs()) {
        await new Promise<void>((resolve) => this.#clock.after(ms, resolve).hold())
      }
      await this.#cleanUp()
    })
    return this.#closing
  }

  /** As {@link AtomicWriter.close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #inTurn<Result>(run: () => Promise<Result>): Promise<Result> {
    const before = this.#latest
    const result = before.then(run).catch((error: unknown) => {
      throw directoryError(this.directory, error)
    })
    this.#latest = result.catch(() => {})
    return result
  }

  async #write(payload: Payload): Promise<WriteResult> {
    const { directory } = this
    const changes = await linkChanges(directory, payload)
    const [taken] = changes.taken
    if (taken !== undefined) throw notALink(directory, taken)
    const before = await linkTarget(join(directory, dataLink))
    const isThere = before !== undefined && (await this.#holds(before, payload))
    const folder = isThere ? before : await this.#publish(payload)
    this.#showInPlaceOf(before, folder)
    await changeLinks(directory, changes)
    return { changed: !isThere, folder, leftovers: await this.#cleanUp() }
  }

  /** Besides those before, other processes may have replaced what this writer had shown. */
  #showInPlaceOf(before: string | undefined, folder: string): void {
    for (const old of [before, this.#shown]) if (old !== undefined) this.#retired.add(old)
    this.#retired.forget(folder)
    this.#shown = folder
  }

  async #holds(folder: string, payload: Payload): Promise<boolean> {
    // A link to anywhere else is none of ours, and not to be followed.
    return isFolderName(folder) && holdsPayload(join(this.directory, folder), payload)
  }

  /** Writes the files to a new folder and lets `..data` point to it. */
  async #publish(payload: Payload): Promise<string> {
    const folder = await this.#makeFolder()
    const path = join(this.directory, folder)
    const draft = join(this.directory, draftLinkName(folder))
    try {
      await writeFolder(path, payload, this.#durable)
      await symlink(folder, draft)
      await rename(draft, join(this.directory, dataLink))
    } catch (error) {
      // Should that fail, too, a later write removes it.
      this.#retired.add(folder)
      await rm(draft, { force: true })
      await rm(path, { recursive: true, force: true })
      throw error
    }
    // Only then may the old folder go: a crash must not find the old link and no folder.
    if (this.#durable) await flushFolder(this.directory)
    return folder
  }

  /** A folder that nobody else has made, closed to others for now. */
  async #makeFolder(): Promise<string> {
    for (let serial = 0; ; serial++) {
      const folder = folderName(this.#clock.now(), this.#process.pid, serial)
      try {
        await mkdir(join(this.directory, folder), { mode: 0o700 })
        return folder
      } catch (error) {
        if (systemCodeOf(error) !== 'EEXIST' || serial === 99) throw error
      }
    }
  }

  /** @returns What was left by others. */
  async #cleanUp(): Promise<readonly string[]> {
    const [now, retired] = [this.#clock.now(), this.#retired]
    const ours = new Set<string>()
    const removed = await removeLeftovers(this.directory, (folder) => {
      if (!retired.has(folder)) return isAbandoned(folder, now, this.#process) ? 'remove' : 'keep'
      ours.add(folder)
      return retired.remainingMs(folder) > 0 ? 'keep' : 'remove'
    })
    for (const folder of removed) retired.forget(folder)
    return removed.filter((name) => !ours.has(name))
  }
}

function notALink(directory: string, name: string): KubecredError {
  const file = join(directory, name)
  const what = name === dataLink ? 'no link' : `no link to ${dataLink}`
  const message = `cannot write to ${directory}: "${name}" is there, and ${what}`
  const hint = 'remove it, or take a directory that holds nothing else'
  return new KubecredError('ERR_PROJECTION_DIRECTORY', message, { hint, details: { file } })
}
