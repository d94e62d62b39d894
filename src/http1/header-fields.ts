/** Collects the headers of a message, which come in pieces: names and values in turn. */
export class HeaderFields {
  #fields: string[] = []
  #size = 0

  /** Characters so far. */
  get size(): number {
    return this.#size
  }

  addName(piece: string): void {
    // After a name whose value has not come, this is the rest of that name.
    this.#add(piece, this.#fields.length % 2 === 1)
  }

  addValue(piece: string): void {
    this.#add(piece, this.#fields.length % 2 === 0)
  }

  /** Gives them out, and begins anew. */
  take(): string[] {
    const fields = this.#fields
    this.#fields = []
    this.#size = 0
    return fields
  }

  #add(piece: string, isRest: boolean): void {
    this.#size += piece.length
    if (isRest) this.#fields[this.#fields.length - 1] += piece
    else this.#fields.push(piece)
  }
}
