/** Collects bytes up to a limit. */
export class ByteCollector {
  readonly #limit: number
  readonly #chunks: Uint8Array[] = []
  #size = 0
  #refused: Uint8Array | undefined

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Takes a chunk, or refuses it when that would go beyond the limit. */
  add(chunk: Uint8Array): boolean {
    if (this.#size + chunk.length > this.#limit) {
      this.#refused = chunk
      return false
    }
    this.#size += chunk.length
    this.#chunks.push(chunk)
    return true
  }

  bytes(): Uint8Array {
    return Buffer.concat(this.#chunks)
  }

  /** With the chunk that was refused last. */
  bytesSeen(): Uint8Array {
    return Buffer.concat([...this.#chunks, this.#refused ?? new Uint8Array()])
  }
}

/** Keeps the last bytes of a stream. */
export class ByteTail {
  readonly #limit: number
  #tail: Uint8Array = new Uint8Array()
  #isCut = false

  constructor(limit: number) {
    this.#limit = limit
  }

  add(chunk: Uint8Array): void {
    const all = Buffer.concat([this.#tail, chunk])
    this.#isCut ||= all.length > this.#limit
    this.#tail = all.subarray(-this.#limit)
  }

  /** The text of the last lines; a line whose beginning is gone is left out. */
  text(): string {
    const text = new TextDecoder().decode(this.#tail)
    if (!this.#isCut) return text
    const lineEnd = text.indexOf('\n')
    return lineEnd < 0 ? '' : text.slice(lineEnd + 1)
  }
}
