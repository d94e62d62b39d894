import { huffmanCode } from './huffman-code.ts'

/**
 * How many bytes a string has in the Huffman code of HPACK.
 *
 * @throws TypeError for a character beyond Latin-1.
 */
export function huffmanLength(text: string): number {
  const { lengths } = huffmanCode()
  let bits = 0
  let all = 0
  for (let index = 0; index < text.length; index++) {
    const character = text.charCodeAt(index)
    all |= character
    bits += lengths[character & 0xff] ?? 0
  }
  // Cut to a byte, it could be any other: the end of a line, too.
  if (all > 0xff) throw new TypeError('a header holds a character beyond Latin-1')
  return (bits + 7) >> 3
}

/** Writes a string of Latin-1 in the Huffman code of HPACK, and gives the place behind it. */
export function encodeHuffman(text: string, to: Uint8Array, start: number): number {
  const { codes, lengths } = huffmanCode()
  let at = start
  // Those that wait for more, fewer than sixteen: the lowest `count` bits.
  let bits = 0
  let count = 0
  for (let index = 0; index < text.length; index++) {
    const character = text.charCodeAt(index)
    let code = codes[character] ?? 0
    let length = lengths[character] ?? 0
    if (length > 16) {
      // There is room for sixteen more, so a long one comes in two parts.
      length -= 16
      bits = (bits << length) | (code >> 16)
      count += length
      if (count >= 16) {
        count -= 16
        to[at++] = bits >> (count + 8)
        to[at++] = bits >> count
      }
      code &= 0xffff
      length = 16
    }
    bits = (bits << length) | code
    count += length
    // Two bytes at once: when one is complete the processor cannot foretell, and that takes it longer.
    if (count >= 16) {
      count -= 16
      to[at++] = bits >> (count + 8)
      to[at++] = bits >> count
    }
  }
  return finish(bits, count, to, at)
}

/** Writes the last bits, with ones behind them. */
function finish(bits: number, count: number, to: Uint8Array, start: number): number {
  let at = start
  let left = count
  if (left >= 8) to[at++] = bits >> (left -= 8)
  if (left > 0) to[at++] = (bits << (8 - left)) | (0xff >> left)
  return at
}
