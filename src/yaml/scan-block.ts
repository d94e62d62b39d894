import { isBlank, isBreak, isBreakOrEnd, isDigit, type Cursor } from './cursor.ts'
import type { Token } from './token.ts'

interface Header {
  /** `-` drops the line ends at the end, `+` keeps them all. */
  readonly chomping: string
  /** 0 when not given. */
  readonly increment: number
}

/**
 * Reads a scalar after `|` or `>`.
 *
 * @param parent Column of the collection that it stands in, -1 for none.
 */
export function scanBlock(cursor: Cursor, parent: number): Token {
  const start = cursor.mark()
  const literal = cursor.read() === '|'
  const { chomping, increment } = scanHeader(cursor)
  let trailing = new Breaks(cursor)
  const indent = increment > 0 ? Math.max(parent, 0) + increment : trailing.scanUnknown(parent)
  if (increment > 0) trailing.scan(indent)
  let text = ''
  let lineEnd = ''
  let afterBlank = false
  while (cursor.column === indent && cursor.peek() !== 0) {
    const blank = isBlank(cursor.peek())
    const folds = !literal && !afterBlank && !blank && lineEnd === '\n'
    if (!folds) text += lineEnd
    else if (trailing.text === '') text += ' '
    text += trailing.text
    afterBlank = blank
    text += cursor.readWhile((unit) => !isBreakOrEnd(unit))
    lineEnd = isBreak(cursor.peek()) ? cursor.readBreak() : ''
    trailing = new Breaks(cursor)
    trailing.scan(indent)
  }
  if (chomping !== '-') text += lineEnd
  if (chomping === '+') text += trailing.text
  return { type: 'scalar', start, text, style: literal ? 'literal' : 'folded' }
}

function scanHeader(cursor: Cursor): Header {
  let chomping = scanChomping(cursor)
  const increment = scanIncrement(cursor)
  if (chomping === '' && increment > 0) chomping = scanChomping(cursor)
  cursor.skipBlanks()
  cursor.skipComment()
  if (!isBreakOrEnd(cursor.peek())) {
    throw cursor.problem('did not find expected comment or line break')
  }
  if (isBreak(cursor.peek())) cursor.readBreak()
  return { chomping, increment }
}

function scanChomping(cursor: Cursor): string {
  const isSign = cursor.startsWith('+') || cursor.startsWith('-')
  return isSign ? cursor.read() : ''
}

function scanIncrement(cursor: Cursor): number {
  if (!isDigit(cursor.peek())) return 0
  if (cursor.startsWith('0')) throw cursor.problem('found an indentation indicator equal to 0')
  return Number(cursor.read())
}

/** The empty lines before a line of text. */
class Breaks {
  text = ''
  readonly #cursor: Cursor

  constructor(cursor: Cursor) {
    this.#cursor = cursor
  }

  /** Reads them and finds out how far the text is indented. */
  scanUnknown(parent: number): number {
    const deepest = this.#scan(Infinity)
    return Math.max(deepest, parent + 1, 1)
  }

  /** Reads them for a text whose indentation is known. */
  scan(indent: number): void {
    this.#scan(indent)
  }

  #scan(indent: number): number {
    const cursor = this.#cursor
    let deepest = 0
    for (;;) {
      while (cursor.column < indent && cursor.peek() === 0x20) cursor.advance()
      deepest = Math.max(deepest, cursor.column)
      if (cursor.column < indent && cursor.peek() === 0x09) {
        throw cursor.problem('found a tab character where an indentation space is expected')
      }
      if (!isBreak(cursor.peek())) return deepest
      this.text += cursor.readBreak()
    }
  }
}
