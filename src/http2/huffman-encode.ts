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

/** Writes a string in the Huffman code of HPACK, and gives the place behind it. */
export function encodeHuffman(text: string, to: Uint8Array, start: number): number {
  const { codes, lengths } = huffmanCode()
  let at = start
  // Bits that wait for the rest of their byte: the lowest `count` of `bits`.
  let bits = 0
  let count = 0
  for (let index = 0; index < text.length; index++) {
    const character = text.charCodeAt(index)
    let code = codes[character] ?? 0
    let length = lengths[character] ?? 0
    // With those that wait, 32 bits are not enough for the longest codes.
    if (length > 24) {
      length -= 16
      bits = (bits << length) | (code >> 16)
      for (count += length; count >= 8;) to[at++] = bits >> (count -= 8)
      code &= 0xffff
      length = 16
    }
    bits = (bits << length) | code
    for (count += length; count >= 8;) to[at++] = bits >> (count -= 8)
  }
  // The padding is ones.
  if (count > 0) to[at++] = (bits << (8 - count)) | (0xff >> count)
  return at
}
