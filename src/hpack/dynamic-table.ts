/** A header with its value; bytes beyond ASCII as Latin-1. */
export interface Field {
  readonly name: string
  readonly value: string
}

/** The size of the table with which the protocol begins, bytes. */
export const firstTableSize = 4096

/** What a field counts, in a table and in a list: bytes (RFC 7541, 4.1). */
export function fieldSize(name: string, value: string): number {
  return name.length + value.length + overhead
}

const overhead = 32

/**
 * The fields that one side of a connection remembers, as far as they find room: the oldest go first.
 *
 * Each has a number that it keeps, one more than that of the field before it.
 */
export class DynamicTable<Kind extends Field> {
  readonly #forgotten: (field: Kind, number: number) => void
  // A field stands in the slot that is the rest of its number, divided by how many there can be.
  readonly #slots: (Kind | undefined)[] = []
  readonly #most: number
  #oldest = 0
  #next = 0
  #size = 0
  #maxSize: number

  /**
   * @param limit The largest that the table can ever become, bytes; a slot is kept for each 32 of them.
   * @param maxSize The largest that it may be at first.
   * @param forgotten Told of each that goes.
   */
  constructor(
    limit: number,
    maxSize: number,
    forgotten: (field: Kind, number: number) => void = () => {},
  ) {
    this.#most = Math.floor(limit / overhead)
    this.#maxSize = maxSize
    this.#forgotten = forgotten
  }

  /** Bytes that it may have at the moment. */
  get maxSize(): number {
    return this.#maxSize
  }

  /** The number that the next field gets. */
  get next(): number {
    return this.#next
  }

  /** The field of a number, one of those that came; undefined when it has been forgotten. */
  get(number: number): Kind | undefined {
    return number >= this.#oldest ? this.#slots[number % this.#most] : undefined
  }

  /** Remembers a field. One that is larger than the table only drives out all others. */
  add(field: Kind): void {
    const size = fieldSize(field.name, field.value)
    this.#shrink(this.#maxSize - size)
    if (size > this.#maxSize) return
    this.#slots[this.#next % this.#most] = field
    this.#next++
    this.#size += size
  }

  /** Allows it this many bytes, and not more than the limit, from now on. */
  resize(maxSize: number): void {
    this.#maxSize = maxSize
    this.#shrink(maxSize)
  }

  #shrink(size: number): void {
    while (this.#size > size && this.#oldest < this.#next) {
      const slot = this.#oldest % this.#most
      const field = this.#slots[slot]
      this.#slots[slot] = undefined
      if (field !== undefined) {
        this.#size -= fieldSize(field.name, field.value)
        this.#forgotten(field, this.#oldest)
      }
      this.#oldest++
    }
  }
}
