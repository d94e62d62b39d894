import { encodeHuffman, huffmanLength } from './huffman-encode.ts'

/** Writes a header block, one primitive after the other (RFC 7541, 5). */
export class HpackWriter {
  #bytes = Buffer.allocUnsafeSlow(512)
  #length = 0

  /** Writes an integer behind the bits, the highest of a byte, that tell what it is for. */
  integer(bits: number, mask: number, value: number): void {
    this.#reserve(longestInteger)
    this.#integer(bits, mask, value)
  }

  /**
   * Writes a string, in the Huffman code when that is shorter.
   *
   * @throws TypeError for a character beyond Latin-1.
   */
  string(text: string): void {
    this.#reserve(longestInteger + text.length)
    const length = huffmanLength(text)
    if (length < text.length) {
      this.#integer(0x80, 0x7f, length)
      this.#length = encodeHuffman(text, this.#bytes, this.#length)
    } else {
      this.#integer(0, 0x7f, text.length)
      this.#length += this.#bytes.write(text, this.#length, 'latin1')
    }
  }

  /** Gives a copy of what was written, and begins anew. */
  take(): Buffer {
    const block = Buffer.allocUnsafe(this.#length)
    this.#bytes.copy(block, 0, 0, this.#length)
    this.#length = 0
    return block
  }

  #integer(bits: number, mask: number, value: number): void {
    const bytes = this.#bytes
    if (value < mask) {
      bytes[this.#length++] = bits | value
      return
    }
    bytes[this.#length++] = bits | mask
    let rest = value - mask
    for (; rest >= 128; rest = Math.floor(rest / 128)) bytes[this.#length++] = (rest % 128) | 0x80
    bytes[this.#length++] = rest
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return
    const larger = Buffer.allocUnsafeSlow((this.#length + more) * 2)
    this.#bytes.copy(larger, 0, 0, this.#length)
    this.#bytes = larger
  }
}

const longestInteger = 10
