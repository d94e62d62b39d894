import { HpackError } from './error.ts'
import { endOfString, huffmanCode } from './huffman-code.ts'

/**
 * The string that stands in the Huffman code of HPACK between two places of a buffer, in Latin-1.
 *
 * @param most How many bytes it may have.
 * @throws {@link HpackError}
 */
export function decodeHuffman(from: Uint8Array, start: number, end: number, most: number): string {
  const steps = (table ??= makeSteps())
  const room = roomFor(Math.min(most, longest(end - start)))
  let step = accepts
  let length = 0
  for (let at = start; at < end; at++) {
    const byte = from[at] ?? 0
    step = steps[((step & stateBits) << 4) | (byte >> 4)] ?? 0
    if ((step & emits) !== 0) room[length++] = step >> symbolShift
    step = steps[((step & stateBits) << 4) | (byte & 15)] ?? 0
    if ((step & emits) !== 0) room[length++] = step >> symbolShift
  }
  if ((step & accepts) === 0) {
    throw new HpackError('a Huffman string holds its own end, or ends amid a character')
  }
  // What found no room went nowhere.
  if (length > most) throw new HpackError('a list of headers is too long')
  return room.toString('latin1', 0, length)
}

/** How many characters these bytes can have: the shortest take five bits. */
function longest(bytes: number): number {
  return Math.floor((bytes * 8) / 5)
}

// One place serves nearly all strings, since decoding never waits.
let usualRoom: Buffer | undefined
const usualSize = 4096

function roomFor(size: number): Buffer {
  if (size > usualSize) return Buffer.allocUnsafe(size)
  return (usualRoom ??= Buffer.allocUnsafeSlow(usualSize))
}

// A step takes four bits, in which at most one character ends: the shortest has five. It is a number of
// these parts: the state that it leads to, whether a character ended, whether the string may end here,
// and which character it was.
const stateBits = 0x1ff
const emits = 0x200
const accepts = 0x400
const symbolShift = 11

// A state is a node of the code's tree, which has one less than leaves, 0 at its root; this one more is
// for what cannot be, and nothing leads out of it.
const failed = endOfString
const states = endOfString + 1

let table: Uint32Array | undefined

/** The step from each state with each four bits. */
function makeSteps(): Uint32Array {
  const tree = makeTree()
  const ends = paddingStates(tree)
  const steps = new Uint32Array(states * 16).fill(failed)
  for (let state = 0; state < failed; state++) {
    for (let bits = 0; bits < 16; bits++)
      steps[state * 16 + bits] = makeStep(tree, ends, state, bits)
  }
  return steps
}

function makeStep(tree: Int16Array, ends: Set<number>, state: number, bits: number): number {
  let at = state
  let ended = 0
  for (let shift = 3; shift >= 0; shift--) {
    const next = tree[at * 2 + ((bits >> shift) & 1)] ?? 0
    if (next === ~endOfString) return failed
    if (next < 0) ended = emits | (~next << symbolShift)
    at = Math.max(next, 0)
  }
  return at | ended | (ends.has(at) ? accepts : 0)
}

/** Both ways out of each node: to another one, or, when negative, to the complement of a symbol. */
function makeTree(): Int16Array {
  const { codes, lengths } = huffmanCode()
  const tree = new Int16Array(endOfString * 2)
  let nodes = 1
  for (const [symbol, length] of lengths.entries()) {
    const bits = codes[symbol] ?? 0
    let at = 0
    for (let shift = length - 1; shift > 0; shift--) {
      const way = at * 2 + ((bits >> shift) & 1)
      at = tree[way] ||= nodes++
    }
    tree[at * 2 + (bits & 1)] = ~symbol
  }
  return tree
}

/** Where a string may end: after a character and up to seven bits of padding, which are ones. */
function paddingStates(tree: Int16Array): Set<number> {
  const ends = new Set<number>()
  for (let at = 0, bits = 0; bits <= 7; bits++) {
    ends.add(at)
    at = tree[at * 2 + 1] ?? 0
  }
  return ends
}
