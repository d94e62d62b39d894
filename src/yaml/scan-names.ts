import {
  isBlank,
  isBlankOrEnd,
  isBreak,
  isBreakOrEnd,
  isDigit,
  isWord,
  type Cursor,
} from './cursor.ts'
import type { Token } from './token.ts'

const percent = 0x25
const bang = 0x21

/** Reads `%YAML` or `%TAG` with all of its line. */
export function scanDirective(cursor: Cursor): Token {
  const start = cursor.mark()
  cursor.advance()
  const name = cursor.readWhile(isWord)
  if (name === '') throw cursor.problem('could not find expected directive name')
  if (!isBlankOrEnd(cursor.peek())) {
    throw cursor.problem('found unexpected non-alphabetical character')
  }
  if (name !== 'YAML' && name !== 'TAG') throw cursor.problem('found unknown directive name')
  cursor.skipBlanks()
  const token: Token =
    name === 'YAML'
      ? { type: 'version', start, ...scanVersion(cursor) }
      : { type: 'tag-directive', start, ...scanTagShorthand(cursor) }
  cursor.skipBlanks()
  cursor.skipComment()
  if (!isBreakOrEnd(cursor.peek())) {
    throw cursor.problem('did not find expected comment or line break')
  }
  if (isBreak(cursor.peek())) cursor.readBreak()
  return token
}

function scanVersion(cursor: Cursor): { major: number; minor: number } {
  const major = scanVersionNumber(cursor)
  if (cursor.peek() !== 0x2e) throw cursor.problem("did not find expected digit or '.' character")
  cursor.advance()
  return { major, minor: scanVersionNumber(cursor) }
}

function scanVersionNumber(cursor: Cursor): number {
  const digits = cursor.readWhile(isDigit)
  if (digits === '') throw cursor.problem('did not find expected version number')
  if (digits.length > 2) throw cursor.problem('found extremely long version number')
  return Number(digits)
}

function scanTagShorthand(cursor: Cursor): { handle: string; prefix: string } {
  const handle = scanTagHandle(cursor)
  if (handle !== '!' && !handle.endsWith('!')) throw cursor.problem("did not find expected '!'")
  if (!isBlank(cursor.peek())) throw cursor.problem('did not find expected whitespace')
  cursor.skipBlanks()
  const prefix = scanTagUri(cursor)
  if (prefix === '') throw cursor.problem('did not find expected tag URI')
  if (!isBlankOrEnd(cursor.peek())) {
    throw cursor.problem('did not find expected whitespace or line break')
  }
  return { handle, prefix }
}

/** Reads `&name` or `*name`. */
export function scanAnchor(cursor: Cursor, type: 'alias' | 'anchor'): Token {
  const start = cursor.mark()
  cursor.advance()
  const name = cursor.readWhile(isWord)
  const next = cursor.peek()
  if (name === '' || !(isBlankOrEnd(next) || '?:,]}%@`'.includes(String.fromCharCode(next)))) {
    throw cursor.problem('did not find expected alphabetic or numeric character')
  }
  return { type, start, name }
}

/** Reads `!name`, `!handle!name` or `!<uri>`. */
export function scanTag(cursor: Cursor): Token {
  const start = cursor.mark()
  const { handle, suffix } = cursor.startsWith('!<') ? scanVerbatim(cursor) : scanShort(cursor)
  if (!isBlankOrEnd(cursor.peek())) {
    throw cursor.problem('did not find expected whitespace or line break')
  }
  return { type: 'tag', start, handle, suffix }
}

function scanVerbatim(cursor: Cursor): { handle: string; suffix: string } {
  cursor.advance(2)
  const suffix = scanTagUri(cursor)
  if (suffix === '') throw cursor.problem('did not find expected tag URI')
  if (cursor.peek() !== 0x3e) throw cursor.problem("did not find the expected '>'")
  cursor.advance()
  return { handle: '', suffix }
}

function scanShort(cursor: Cursor): { handle: string; suffix: string } {
  const handle = scanTagHandle(cursor)
  if (handle.length > 1 && handle.endsWith('!')) {
    const suffix = scanTagUri(cursor)
    if (suffix === '') throw cursor.problem('did not find expected tag URI')
    return { handle, suffix }
  }
  // What looked like a handle is the beginning of the name.
  const suffix = handle.slice(1) + scanTagUri(cursor)
  return suffix === '' ? { handle: '', suffix: '!' } : { handle: '!', suffix }
}

function scanTagHandle(cursor: Cursor): string {
  if (cursor.peek() !== bang) throw cursor.problem("did not find expected '!'")
  cursor.advance()
  const name = cursor.readWhile(isWord)
  if (cursor.peek() !== bang) return `!${name}`
  cursor.advance()
  return `!${name}!`
}

function scanTagUri(cursor: Cursor): string {
  let uri = ''
  for (;;) {
    uri += cursor.readWhile(isUriCharacter)
    if (cursor.peek() !== percent) return uri
    uri += scanEscapedCharacter(cursor)
  }
}

function isUriCharacter(unit: number): boolean {
  return isWord(unit) || (unit !== 0 && ";/?:@&=+$,.!~*'()[]".includes(String.fromCharCode(unit)))
}

function scanEscapedCharacter(cursor: Cursor): string {
  const octets: number[] = []
  let width = 1
  while (octets.length < width) {
    const digits = String.fromCharCode(cursor.peek(1), cursor.peek(2))
    if (cursor.peek() !== percent || !/^[0-9a-f]{2}$/iu.test(digits)) {
      throw cursor.problem('did not find URI escaped octet')
    }
    const octet = Number.parseInt(digits, 16)
    if (octets.length === 0) width = widthOf(octet, cursor)
    else if ((octet & 0xc0) !== 0x80) {
      throw cursor.problem('found an incorrect trailing UTF-8 octet')
    }
    octets.push(octet)
    cursor.advance(3)
  }
  return Buffer.from(octets).toString('utf8')
}

function widthOf(octet: number, cursor: Cursor): number {
  if (octet < 0x80) return 1
  if (octet >> 5 === 0b110) return 2
  if (octet >> 4 === 0b1110) return 3
  if (octet >> 3 === 0b11110) return 4
  throw cursor.problem('found an incorrect leading UTF-8 octet')
}
