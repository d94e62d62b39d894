/** What has come of a body while its reader does not want it, in order. */
export class HeldBody {
  #pieces: Buffer[] = []

  get isEmpty(): boolean {
    return this.#pieces.length === 0
  }

  /** Keeps a copy: what is read from a socket stands in pieces of 64 KiB. */
  add(chunk: Buffer): void {
    let piece = Buffer.from(chunk)
    // A byte in a piece of its own would weigh a hundred.
    for (;;) {
      const last = this.#pieces.at(-1)
      if (last === undefined || last.length > piece.length) break
      if (last.length + piece.length > smallPiece) break
      this.#pieces.pop()
      piece = Buffer.concat([last, piece])
    }
    this.#pieces.push(piece)
  }

  /** Takes the first piece. */
  shift(): Buffer | undefined {
    return this.#pieces.shift()
  }

  clear(): void {
    this.#pieces = []
  }
}

// Smaller ones are put together. What servers send is seldom smaller.
const smallPiece = 8 * 1024
