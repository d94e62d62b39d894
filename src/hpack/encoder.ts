import { firstTableSize } from './dynamic-table.ts'
import { EncoderTable } from './encoder-table.ts'
import { HpackWriter } from './writer.ts'

/** Encodes the header blocks that a connection sends, in their order. */
export class HpackEncoder {
  readonly #table = new EncoderTable()
  readonly #writer = new HpackWriter()
  #maxSize = firstTableSize
  /** The smallest that was allowed since the last block, if any was. */
  #smallest = Infinity

  /** Takes what the peer allows, `SETTINGS_HEADER_TABLE_SIZE` in bytes; no more than 4096 are used. */
  setMaxTableSize(size: number): void {
    this.#maxSize = Math.min(size, firstTableSize)
    this.#smallest = Math.min(size, this.#smallest)
  }

  /**
   * Encodes a list: names, in lower case, and values in turn, bytes as Latin-1.
   *
   * @throws TypeError for a character beyond Latin-1; the encoder is of no more use then.
   */
  encode(headers: readonly string[]): Buffer {
    this.#update()
    for (let index = 0; index < headers.length; index += 2) {
      this.#encode(headers[index] ?? '', headers[index + 1] ?? '')
    }
    return this.#writer.take()
  }

  // A table that had to become smaller and may grow again is small for one block. Both could be said in
  // one (RFC 7541, 4.2), but Go takes the second for an error unless its table is empty.
  #update(): void {
    const size = Math.min(this.#smallest, this.#maxSize)
    this.#smallest = Infinity
    if (size === this.#table.maxSize) return
    this.#table.resize(size)
    this.#writer.integer(0x20, 0x1f, size)
  }

  #encode(name: string, value: string): void {
    const index = this.#table.find(name, value)
    if (index > 0) {
      this.#writer.integer(0x80, 0x7f, index)
      return
    }
    const nameIndex = this.#table.findName(name)
    if (this.#table.remember(name, value)) this.#writer.integer(0x40, 0x3f, nameIndex)
    else this.#writer.integer(0, 0x0f, nameIndex)
    if (nameIndex === 0) this.#writer.string(name)
    this.#writer.string(value)
  }
}
