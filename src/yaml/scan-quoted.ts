import { isBlank, isBlankOrEnd, isBreak, isPlain, type Cursor } from './cursor.ts'
import { LineFolder } from './line-folder.ts'
import type { Token } from './token.ts'

const single = 0x27
const double = 0x22
const backslash = 0x5c

/** Reads a scalar in single or double quotes. */
export function scanQuoted(cursor: Cursor): Token {
  const start = cursor.mark()
  const quote = cursor.peek()
  cursor.advance()
  let text = ''
  for (;;) {
    if (cursor.isAtDocumentIndicator()) throw cursor.problem('found unexpected document indicator')
    if (cursor.peek() === 0) throw cursor.problem('found unexpected end of stream')
    const { words, escapedBreak } = scanWords(cursor, quote)
    text += words
    if (cursor.peek() === quote) break
    text += scanSpace(cursor, escapedBreak)
  }
  cursor.advance()
  return { type: 'scalar', start, text, style: quote === single ? 'single' : 'double' }
}

/** Reads to a blank, a line end or the closing quote; an escaped line end is passed. */
function scanWords(cursor: Cursor, quote: number): { words: string; escapedBreak: boolean } {
  const test = quote === single ? isSingleQuoted : isDoubleQuoted
  let words = ''
  for (;;) {
    words += cursor.readWhile(test)
    const unit = cursor.peek()
    if (isBlankOrEnd(unit)) return { words, escapedBreak: false }
    if (unit === quote) {
      if (quote === double || cursor.peek(1) !== single) return { words, escapedBreak: false }
      cursor.advance(2)
      words += "'"
    } else if (isBreak(cursor.peek(1))) {
      cursor.advance()
      cursor.readBreak()
      return { words, escapedBreak: true }
    } else {
      words += scanEscape(cursor)
    }
  }
}

function isSingleQuoted(unit: number): boolean {
  return unit === 0x3a || (isPlain(unit) && unit !== single)
}

function isDoubleQuoted(unit: number): boolean {
  return unit === 0x3a || (isPlain(unit) && unit !== double && unit !== backslash)
}

/** Reads blanks and line ends, and gives what they stand for. */
function scanSpace(cursor: Cursor, afterEscapedBreak: boolean): string {
  const folder = new LineFolder(afterEscapedBreak)
  for (;;) {
    const unit = cursor.peek()
    if (isBlank(unit)) folder.blank(cursor.read())
    else if (isBreak(unit)) folder.break(cursor.readBreak())
    else return folder.text()
  }
}

const escapes: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\u0007',
  b: '\b',
  t: '\t',
  '\t': '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\u001B',
  ' ': ' ',
  '"': '"',
  "'": "'",
  '\\': '\\',
  N: '\u0085',
  _: '\u00A0',
  L: '\u2028',
  P: '\u2029',
}

const codeLengths: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 }

function scanEscape(cursor: Cursor): string {
  const letter = String.fromCharCode(cursor.peek(1))
  const length = codeLengths[letter]
  if (length === undefined) {
    const meaning = Object.hasOwn(escapes, letter) ? escapes[letter] : undefined
    if (meaning === undefined) throw cursor.problem('found unknown escape character')
    cursor.advance(2)
    return meaning
  }
  cursor.advance(2)
  let digits = ''
  for (let at = 0; at < length; at++) digits += String.fromCharCode(cursor.peek(at))
  if (!/^[0-9a-f]+$/iu.test(digits)) {
    throw cursor.problem('did not find expected hexdecimal number')
  }
  const code = Number.parseInt(digits, 16)
  if ((code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff) {
    throw cursor.problem('found invalid Unicode character escape code')
  }
  cursor.advance(length)
  return String.fromCodePoint(code)
}
