/** The Huffman code of HPACK, of all bytes and of the end of a string (RFC 7541, Appendix B). */
export interface HuffmanCode {
  /** By byte; the last is that of the end. */
  readonly codes: Uint32Array
  /** Bits of each. */
  readonly lengths: Uint8Array
}

/** What comes after all bytes: the end of a string. Of its code, only parts are used, as padding. */
export const endOfString = 256

let made: HuffmanCode | undefined

/** The code, which is made at the first use. */
export function huffmanCode(): HuffmanCode {
  return (made ??= assign(Uint8Array.from(lengths.trim().split(/\s+/u), Number)))
}

// The code is canonical: in the order of their lengths, and of the bytes among those of one length,
// each is the one before it plus one.
function assign(lengthOf: Uint8Array): HuffmanCode {
  const counts = new Uint32Array(longest + 1)
  for (const length of lengthOf) counts[length] = (counts[length] ?? 0) + 1
  const next = new Uint32Array(longest + 1)
  for (let length = 1; length <= longest; length++) {
    next[length] = ((next[length - 1] ?? 0) + (counts[length - 1] ?? 0)) * 2
  }
  const codes = new Uint32Array(lengthOf.length)
  for (const [symbol, length] of lengthOf.entries()) {
    const code = next[length] ?? 0
    codes[symbol] = code
    next[length] = code + 1
  }
  return { codes, lengths: lengthOf }
}

const longest = 30

// Of the bytes, sixteen a line, and of the end.
const lengths = `
  13 23 28 28 28 28 28 28 28 24 30 28 28 30 28 28
  28 28 28 28 28 28 30 28 28 28 28 28 28 28 28 28
   6 10 10 12 13  6  8 11 10 10  8 11  8  6  6  6
   5  5  5  6  6  6  6  6  6  6  7  8 15  6 12 10
  13  6  7  7  7  7  7  7  7  7  7  7  7  7  7  7
   7  7  7  7  7  7  7  7  8  7  8 13 19 13 14  6
  15  5  6  5  6  5  6  6  6  5  7  7  6  6  6  5
   6  7  6  5  5  6  7  7  7  7  7 15 11 14 13 28
  20 22 20 20 22 22 22 23 22 23 23 23 23 23 24 23
  24 24 22 23 24 23 23 23 23 21 22 23 22 23 23 24
  22 21 20 22 22 23 23 21 23 22 22 24 21 22 23 23
  21 21 22 21 23 22 23 23 20 22 22 22 23 22 22 23
  26 26 20 19 22 23 22 25 26 26 26 27 27 26 24 25
  19 21 26 27 27 26 27 24 21 21 26 26 28 27 27 27
  20 24 20 21 22 21 21 23 22 22 25 25 24 24 26 23
  26 27 26 26 27 27 27 27 27 28 27 27 27 27 27 26
  30
`
