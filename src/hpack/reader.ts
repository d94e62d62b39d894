import { HpackError } from './error.ts'
import { decodeHuffman } from './huffman-decode.ts'

/** Reads a header block, one primitive after the other (RFC 7541, 5). */
export class HpackReader {
  readonly #block: Buffer
  #at = 0

  constructor(block: Uint8Array) {
    this.#block = Buffer.isBuffer(block)
      ? block
      : Buffer.from(block.buffer, block.byteOffset, block.byteLength)
  }

  get atEnd(): boolean {
    return this.#at >= this.#block.length
  }

  /**
   * The next byte. An integer begins in the lowest bits of it, what it is for stands in the others.
   *
   * @throws {@link HpackError} at the end.
   */
  byte(): number {
    const byte = this.#block[this.#at++]
    if (byte === undefined) throw cutShort()
    return byte
  }

  /**
   * The integer that begins in a byte which has been read.
   *
   * @param mask The bits of that byte in which it begins.
   * @throws {@link HpackError}
   */
  integer(first: number, mask: number): number {
    const value = first & mask
    return value === mask ? this.#continued(value) : value
  }

  /**
   * The string that comes next.
   *
   * @param most How many bytes it may have.
   * @throws {@link HpackError}
   */
  string(most: number): string {
    const first = this.byte()
    const length = this.integer(first, 0x7f)
    const start = this.#at
    const end = start + length
    if (end > this.#block.length) throw cutShort()
    this.#at = end
    if ((first & 0x80) !== 0) return decodeHuffman(this.#block, start, end, most)
    if (length > most) throw new HpackError('a list of headers is too long')
    return this.#block.toString('latin1', start, end)
  }

  #continued(prefix: number): number {
    let value = prefix
    let factor = 1
    for (let count = 0; count < mostContinued; count++) {
      const byte = this.byte()
      value += (byte & 0x7f) * factor
      if (value > largest) break
      if ((byte & 0x80) === 0) return value
      factor *= 128
    }
    throw new HpackError('an integer is too large')
  }
}

// More than any length or index that is of use, and than the frames of a block can hold.
const largest = 2 ** 28
const mostContinued = 5

function cutShort(): HpackError {
  return new HpackError('a header block is cut short')
}
