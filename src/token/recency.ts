/** A member of a {@link Recency}, which keeps its place in there. */
export interface Recent<Self> {
  /** The one that was used just before it; undefined for the oldest. */
  older: Self | undefined
  /** The one that was used just after it; undefined for the newest. */
  newer: Self | undefined
  /** In which round it was used last; {@link outside} while it is in none. */
  round: number
}

/** The round of what is in no {@link Recency}. */
export const outside = -1

// A round lasts while no more new ones come in than this share of all.
const roundShare = 1 / 8

/**
 * Things in the order in which they were last used.
 *
 * A step takes as long however many there are, and one that is used again and again moves once a round only:
 * to move it touches both its neighbours, and of very many none is at hand. So two that were used in one round
 * may stand in the order of their first use in it.
 */
export class Recency<Item extends Recent<Item>> {
  #oldest: Item | undefined
  #newest: Item | undefined
  // Where a walk through all of them goes on.
  #next: Item | undefined
  #size = 0
  #round = 0
  #cameInRound = 0

  /** The one that was not used for longest. */
  get oldest(): Item | undefined {
    return this.#oldest
  }

  /** Notes that one was used; one that is not in here comes in. */
  touch(item: Item): void {
    if (item.round === this.#round) return
    if (item.round === outside) this.#countIn()
    else this.#unlink(item)
    const newest = this.#newest
    item.older = newest
    if (newest === undefined) this.#oldest = item
    else newest.newer = item
    this.#newest = item
    item.round = this.#round
  }

  /** Takes one out, if it is in here. */
  remove(item: Item): void {
    if (item.round === outside) return
    this.#unlink(item)
    item.round = outside
    this.#size--
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

  #countIn(): void {
    this.#size++
    this.#cameInRound++
    if (this.#cameInRound <= this.#size * roundShare) return
    this.#round++
    this.#cameInRound = 0
  }

  #unlink(item: Item): void {
    const { older, newer } = item
    if (this.#next === item) this.#next = newer
    if (older !== undefined) older.newer = newer
    else this.#oldest = newer
    if (newer !== undefined) newer.older = older
    else this.#newest = older
    item.older = undefined
    item.newer = undefined
  }
}
