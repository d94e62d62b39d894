import type { Clock } from '../credential/clock.ts'

/** Folders that were made or replaced here, and since when no reader finds them any more. */
export class RetiredFolders {
  readonly #lingerMs: number
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #since = new Map<string, number>()

  constructor(lingerMs: number, clock: Pick<Clock, 'monotonic'>) {
    this.#lingerMs = lingerMs
    this.#clock = clock
  }

  /** From now on, unless it has been longer, readers do not find that folder. */
  add(folder: string): void {
    if (!this.#since.has(folder)) this.#since.set(folder, this.#clock.monotonic())
  }

  /** Readers find that folder, or it is gone. */
  forget(folder: string): void {
    this.#since.delete(folder)
  }

  /** Whether it is one of these. */
  has(folder: string): boolean {
    return this.#since.has(folder)
  }

  /** Milliseconds until nobody can be on the way into that folder; 0 or less when it may go. */
  remainingMs(folder: string): number {
    const since = this.#since.get(folder)
    return since === undefined ? 0 : since + this.#lingerMs - this.#clock.monotonic()
  }

  /** Milliseconds until all of them may go; 0 when they may, or there are none. */
  longestMs(): number {
    return Math.max(0, ...[...this.#since.keys()].map((folder) => this.remainingMs(folder)))
  }
}
