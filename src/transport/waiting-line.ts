/**
 * First in, first out. A ring of places that are used again and again, each cleared when its item
 * leaves: a list that kept pointing to what has gone would have it outlive minor garbage collections.
 */
export class WaitingLine<Item> {
  #places: (Item | undefined)[] = Array.from({ length: 64 })
  #first = 0
  #length = 0

  get length(): number {
    return this.#length
  }

  /** The one that is next; undefined when nobody waits. */
  get next(): Item | undefined {
    return this.#places[this.#first]
  }

  push(item: Item): void {
    if (this.#length === this.#places.length) this.#grow()
    this.#places[this.#place(this.#length)] = item
    this.#length++
  }

  /** Takes the next one out. */
  shift(): Item | undefined {
    const item = this.#places[this.#first]
    if (item === undefined) return undefined
    this.#places[this.#first] = undefined
    this.#first = this.#place(1)
    this.#length--
    return item
  }

  #place(after: number): number {
    return (this.#first + after) % this.#places.length
  }

  #grow(): void {
    const inOrder = [...this.#places.slice(this.#first), ...this.#places.slice(0, this.#first)]
    this.#places = [...inOrder, ...Array.from<undefined>({ length: inOrder.length })]
    this.#first = 0
  }
}
