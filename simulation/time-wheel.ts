// Fine enough for the order of what happens, coarse enough that all of two days fits.
const slotMs = 100

/**
 * Calls up numbered things at their moments, each of them at one moment at a time: a million things and tens
 * of millions of moments cost a few seconds, where a heap would take minutes.
 */
export class TimeWheel {
  readonly #first: Int32Array
  readonly #next: Int32Array
  readonly #moments: Float64Array
  readonly #endMs: number
  #slot = 0

  /** @param endMs What is later than this never happens. */
  constructor(things: number, endMs: number) {
    this.#first = new Int32Array(Math.ceil(endMs / slotMs)).fill(-1)
    this.#next = new Int32Array(things)
    this.#moments = new Float64Array(things)
    this.#endMs = endMs
  }

  /** Has a thing called at a moment, or at once where that has passed. It must not be waiting already. */
  set(thing: number, atMs: number): void {
    if (atMs >= this.#endMs) return
    const slot = Math.max(Math.floor(atMs / slotMs), this.#slot)
    this.#moments[thing] = atMs
    this.#next[thing] = this.#first[slot] ?? -1
    this.#first[slot] = thing
  }

  /** Lets time pass, to the end or until `untilMs`; within a tenth of a second the order is any. */
  run(call: (thing: number, atMs: number) => void, untilMs: number = this.#endMs): void {
    const end = Math.min(Math.ceil(untilMs / slotMs), this.#first.length)
    for (; this.#slot < end; this.#slot++) {
      for (let thing = this.#take(); thing !== -1; thing = this.#take()) {
        call(thing, this.#moments[thing] ?? 0)
      }
    }
  }

  /** Forgets everything that was to come. */
  clear(): void {
    this.#first.fill(-1)
  }

  #take(): number {
    const thing = this.#first[this.#slot] ?? -1
    if (thing !== -1) this.#first[this.#slot] = this.#next[thing] ?? -1
    return thing
  }
}
