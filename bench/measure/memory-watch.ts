import { readTreeUsage } from './process-tree.ts'
import { median } from './statistics.ts'

/** What was seen of the memory of some processes. */
export interface MemorySeen {
  readonly peakMiB: number
  /** What they held in the last quarter of the time, to what they held in the second. */
  readonly growth: number
}

/** Looks at the memory of a process and all that it has started, from now on until told to stop. */
export class MemoryWatch implements Disposable {
  readonly #resident: number[] = []
  #peakMiB = 0
  readonly #timer: NodeJS.Timeout

  /**
   * @param except Text in the command line of processes that do not count.
   * @param everyMs Default: 100.
   */
  constructor(pid: number, except?: string, everyMs = 100) {
    this.#timer = setInterval(() => this.#look(pid, except), everyMs)
    this.#look(pid, except)
  }

  /** Undefined where the system does not tell. */
  seen(): MemorySeen | undefined {
    const quarter = Math.floor(this.#resident.length / 4)
    if (this.#peakMiB === 0) return undefined
    const last = median(this.#resident.slice(-Math.max(quarter, 1)))
    const second = median(this.#resident.slice(quarter, Math.max(2 * quarter, 1)))
    return { peakMiB: this.#peakMiB, growth: last / second }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }

  #look(pid: number, except: string | undefined): void {
    const usage = readTreeUsage(pid, except)
    if (usage === undefined) return
    this.#resident.push(usage.residentMiB)
    this.#peakMiB = Math.max(this.#peakMiB, usage.peakMiB)
  }
}
