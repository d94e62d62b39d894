/** A member of a {@link Recency}, which keeps its neighbours in it. */
export interface Recent<Self> {
  /** The one that was used just before it; undefined for the oldest. */
  older: Self | undefined
  /** The one that was used just after it; undefined for the newest. */
  newer: Self | undefined
}

/** Things in the order in which they were last used. A step takes as long however many there are. */
export class Recency<Item extends Recent<Item>> {
  #oldest: Item | undefined
  #newest: Item | undefined
  // Where a walk through all of them goes on.
  #next: Item | undefined

  /** The one that was not used for longest. */
  get oldest(): Item | undefined {
    return this.#oldest
  }

  /** Notes that one was used; one that is not in here comes in. */
  touch(item: Item): void {
    if (item === this.#newest) return
    this.remove(item)
    const newest = this.#newest
    item.older = newest
    if (newest === undefined) this.#oldest = item
    else newest.newer = item
    this.#newest = item
  }

  /** Takes one out, if it is in here. */
  remove(item: Item): void {
    const { older, newer } = item
    if (this.#next === item) this.#next = newer
    if (older !== undefined) older.newer = newer
    else if (this.#oldest === item) this.#oldest = newer
    if (newer !== undefined) newer.older = older
    else if (this.#newest === item) this.#newest = older
    item.older = undefined
    item.newer = undefined
  }

  /** Begins a walk through all of them, from the oldest on. */
  restart(): void {
    this.#next = this.#oldest
  }

  /** The next one of the walk, which what comes and goes meanwhile does not disturb; undefined at its end. */
  next(): Item | undefined {
    const item = this.#next
    this.#next = item?.newer
    return item
  }
}
