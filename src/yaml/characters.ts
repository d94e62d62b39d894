import { YamlProblem } from './problem.ts'

/** A YAML text, as far as its bytes can be read. */
export interface YamlText {
  readonly text: string
  /** What is wrong with the bytes after {@link text}; undefined when it is all there is. */
  readonly fault: YamlProblem | undefined
  /** From here on a reader meets {@link fault}: bytes are looked at in blocks. */
  readonly faultFrom: number
}

// The block in which Kubernetes's YAML library reads: what is wrong in one stops it at the first
// character of the block, and what is wrong in a block that it does not come to stops it nowhere.
const blockSize = 512

/**
 * Reads bytes as characters: UTF-8, or UTF-16 behind a byte order mark. Control characters are no
 * part of YAML.
 */
export function yamlText(bytes: Uint8Array): YamlText {
  const [first, second] = bytes
  if (first === 0xff && second === 0xfe) return utf16Text(bytes, 'utf-16le')
  if (first === 0xfe && second === 0xff) return utf16Text(bytes, 'utf-16be')
  const marked = first === 0xef && second === 0xbb && bytes[2] === 0xbf
  return utf8Text(bytes, marked ? 3 : 0)
}

function utf8Text(bytes: Uint8Array, start: number): YamlText {
  const text = decoded(bytes.subarray(start), 'utf-8')
  if (text !== undefined && !forbidden.test(text)) return whole(text)
  const end = endOfGood(bytes, start)
  return cut(bytes, start, end, 'utf-8', faultAt(bytes, end))
}

function utf16Text(bytes: Uint8Array, encoding: 'utf-16le' | 'utf-16be'): YamlText {
  const text = decoded(bytes.subarray(2), encoding)
  if (text !== undefined && !forbidden.test(text)) return whole(text)
  const loose = new TextDecoder(encoding, { ignoreBOM: true }).decode(bytes.subarray(2))
  const odd = loose.search(forbiddenOrReplaced)
  const units = odd === -1 ? (bytes.length - 2) >> 1 : odd
  const words = forbidden.test(loose[units] ?? '') ? noControls : cutOff.utf16
  return cut(bytes, 2, 2 + units * 2, encoding, words)
}

const cutOff = {
  utf8: 'incomplete UTF-8 octet sequence',
  utf16: 'incomplete UTF-16 character',
}
const noControls = 'control characters are not allowed'
// oxlint-disable-next-line no-control-regex -- these characters are what is looked for
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufffe\uffff]/u
const forbiddenOrReplaced = new RegExp(`${forbidden.source}|\ufffd`, 'u')

function decoded(bytes: Uint8Array, encoding: string): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

function whole(text: string): YamlText {
  return { text, fault: undefined, faultFrom: Infinity }
}

function cut(
  bytes: Uint8Array,
  start: number,
  end: number,
  encoding: string,
  words: string,
): YamlText {
  const decoder = new TextDecoder(encoding, { ignoreBOM: true })
  const text = decoder.decode(bytes.subarray(start, end))
  const block = Math.max(start, Math.floor(end / blockSize) * blockSize)
  // What is cut off is missed only when it is needed.
  if (Object.values(cutOff).includes(words)) {
    return { text, fault: new YamlProblem(words, text.length), faultFrom: text.length }
  }
  // A character on the border of two blocks belongs to the second.
  const faultFrom = decoder.decode(bytes.subarray(start, block), { stream: true }).length
  return { text, fault: new YamlProblem(words, text.length), faultFrom }
}

/** Offset of the first byte that begins no character, or one that is forbidden. */
function endOfGood(bytes: Uint8Array, start: number): number {
  let at = start
  for (let end = blockEnd(bytes, at); end > at; end = blockEnd(bytes, at)) {
    const block = decoded(bytes.subarray(at, end), 'utf-8')
    if (block === undefined || forbidden.test(block)) break
    at = end
  }
  for (;;) {
    const width = widthAt(bytes, at)
    const text = width === 0 ? undefined : decoded(bytes.subarray(at, at + width), 'utf-8')
    if (text === undefined || forbidden.test(text)) return at
    at += width
  }
}

/** Where a block of whole characters ends that begins here, if they are good. */
function blockEnd(bytes: Uint8Array, at: number): number {
  let end = Math.min(at + blockSize, bytes.length)
  while (end > at && end < bytes.length && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--
  return end
}

function widthAt(bytes: Uint8Array, at: number): number {
  const byte = bytes[at]
  if (byte === undefined) return 0
  if (byte < 0x80) return 1
  if (byte >> 5 === 0b110) return 2
  if (byte >> 4 === 0b1110) return 3
  return byte >> 3 === 0b11110 ? 4 : 0
}

function faultAt(bytes: Uint8Array, at: number): string {
  const width = widthAt(bytes, at)
  if (width === 0) return 'invalid leading UTF-8 octet'
  if (at + width > bytes.length) return cutOff.utf8
  const text = decoded(bytes.subarray(at, at + width), 'utf-8')
  return text === undefined ? 'invalid trailing UTF-8 octet' : noControls
}
