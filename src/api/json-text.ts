/** Kind of a value, in the words of Go's JSON reader. */
export type GoKind = 'null' | 'bool' | 'number' | 'string' | 'array' | 'object'

/** A value within a JSON text that has been found to be well-formed. */
export interface JsonSpan {
  readonly kind: GoKind
  /** Offset of its first character. */
  readonly start: number
  /** Offset behind its last character. */
  readonly end: number
}

/** One member of an object, as it is written: a name may come again. */
export interface JsonMember {
  readonly name: string
  readonly value: JsonSpan
}

/** As Go's reader: what is nested deeper is refused. */
export const deepestJson = 10_000

/** Whether a JSON text is nested deeper than Go reads. */
export function isTooDeep(text: string): boolean {
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit === quote) at = endOfString(text, at) - 1
    else if (isOpening(unit) && ++depth > deepestJson) return true
    else if (isClosing(unit)) depth--
  }
  return false
}

/** The one value that a well-formed JSON text is. */
export function wholeValue(text: string): JsonSpan {
  return valueAt(text, skipSpace(text, 0))
}

/** The members of an object of a well-formed text, in order. */
export function membersOf(text: string, { start }: JsonSpan): JsonMember[] {
  const members: JsonMember[] = []
  let at = skipSpace(text, start + 1)
  while (text.charCodeAt(at) === quote) {
    const end = endOfString(text, at)
    const name = stringOf(text, { kind: 'string', start: at, end })
    const value = valueAt(text, skipSpace(text, skipSpace(text, end) + 1))
    members.push({ name, value })
    at = skipSpace(text, skipSpace(text, value.end) + 1)
  }
  return members
}

/** The items of an array of a well-formed text, in order. */
export function itemsOf(text: string, { start, end }: JsonSpan): JsonSpan[] {
  const items: JsonSpan[] = []
  let at = skipSpace(text, start + 1)
  while (at < end - 1) {
    const item = valueAt(text, at)
    items.push(item)
    at = skipSpace(text, skipSpace(text, item.end) + 1)
  }
  return items
}

/** What a string of a well-formed text stands for, half characters replaced as in Go. */
export function stringOf(text: string, { start, end }: JsonSpan): string {
  // The text has been parsed as a whole; a string of it is a string.
  return (JSON.parse(text.slice(start, end)) as string).toWellFormed()
}

const quote = 0x22
const backslash = 0x5c

function valueAt(text: string, start: number): JsonSpan {
  switch (text[start]) {
    case '{':
      return { kind: 'object', start, end: endOfNest(text, start) }
    case '[':
      return { kind: 'array', start, end: endOfNest(text, start) }
    case '"':
      return { kind: 'string', start, end: endOfString(text, start) }
    case 'n':
      return { kind: 'null', start, end: start + 4 }
    case 't':
      return { kind: 'bool', start, end: start + 4 }
    case 'f':
      return { kind: 'bool', start, end: start + 5 }
    default:
      return { kind: 'number', start, end: endOfNumber(text, start) }
  }
}

// Without recursion: a text may be nested as deep as it likes.
function endOfNest(text: string, start: number): number {
  let depth = 0
  for (let at = start; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit === quote) at = endOfString(text, at) - 1
    else if (isOpening(unit)) depth++
    else if (isClosing(unit) && --depth === 0) return at + 1
  }
  return text.length
}

function endOfString(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && text.charCodeAt(at) !== quote) {
    at += text.charCodeAt(at) === backslash ? 2 : 1
  }
  return at + 1
}

function endOfNumber(text: string, start: number): number {
  let at = start
  while (at < text.length && '+-.0123456789eE'.includes(text[at] ?? '')) at++
  return at
}

function skipSpace(text: string, start: number): number {
  let at = start
  while (' \t\n\r'.includes(text[at] ?? '?')) at++
  return at
}

function isOpening(unit: number): boolean {
  return unit === 0x7b || unit === 0x5b
}

function isClosing(unit: number): boolean {
  return unit === 0x7d || unit === 0x5d
}
