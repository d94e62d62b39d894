/** Something that a {@link Roster} can hold; the place is the roster's business. */
export interface Listed {
  /** Where it stands in its roster; -1 when it is in none. */
  place: number
}

/**
 * What is under way at the moment, in no order.
 *
 * Not a `Set`: when one grows, the table that it leaves behind keeps pointing to the new one, so that
 * what has long been removed outlives minor garbage collections. At thousands of requests a second
 * that doubled the memory of a proxy.
 */
export class Roster<Item extends Listed> {
  readonly #items: Item[] = []

  get size(): number {
    return this.#items.length
  }

  /** Takes an item in; one that is in already stays where it is. */
  add(item: Item): void {
    if (item.place !== -1) return
    item.place = this.#items.length
    this.#items.push(item)
  }

  /** Lets an item go; nothing happens to one that is not in. */
  remove(item: Item): void {
    const { place } = item
    if (this.#items[place] !== item) return
    item.place = -1
    const last = this.#items.pop()
    if (last === undefined || last === item) return
    // The last one takes the place that is free now.
    this.#items[place] = last
    last.place = place
  }

  /** Those that are in at this moment; what becomes of them does not change the list. */
  snapshot(): readonly Item[] {
    return [...this.#items]
  }
}
