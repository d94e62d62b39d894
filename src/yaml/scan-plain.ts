import { isBlank, isBlankOrEnd, isBreak, isPlain, type Cursor } from './cursor.ts'
import { LineFolder } from './line-folder.ts'
import type { Token } from './token.ts'

/** A scalar without quotes, and whether a line end came after it. */
export interface PlainScalar {
  readonly token: Token
  readonly brokenAfter: boolean
}

/**
 * Reads a scalar without quotes.
 *
 * @param indent Least column of its further lines.
 * @param inFlow Whether it stands in brackets.
 */
export function scanPlain(cursor: Cursor, indent: number, inFlow: boolean): PlainScalar {
  const start = cursor.mark()
  let text = ''
  let folder = new LineFolder()
  for (;;) {
    if (cursor.isAtDocumentIndicator() || cursor.peek() === 0x23) break
    const words = scanWords(cursor, inFlow)
    if (words !== '') {
      text += (text === '' ? '' : folder.text()) + words
      folder = new LineFolder()
    }
    if (!isBlank(cursor.peek()) && !isBreak(cursor.peek())) break
    scanSpace(cursor, folder, indent)
    if (!inFlow && cursor.column < indent) break
  }
  return { token: { type: 'scalar', start, text, style: 'plain' }, brokenAfter: folder.broken }
}

function scanWords(cursor: Cursor, inFlow: boolean): string {
  const test = inFlow ? isPlainInFlow : isPlain
  let words = ''
  for (;;) {
    words += cursor.readWhile(test)
    if (cursor.peek() !== 0x3a || isBlankOrEnd(cursor.peek(1))) return words
    // A colon with something glued to it.
    words += cursor.read()
  }
}

function isPlainInFlow(unit: number): boolean {
  return isPlain(unit) && !flowSigns.has(unit)
}

const flowSigns: ReadonlySet<number> = new Set(Array.from(',?[]{}', (sign) => sign.charCodeAt(0)))

function scanSpace(cursor: Cursor, folder: LineFolder, indent: number): void {
  for (;;) {
    const unit = cursor.peek()
    if (isBlank(unit)) {
      if (unit === 0x09 && folder.broken && cursor.column < indent) {
        throw cursor.problem('found a tab character that violates indentation')
      }
      folder.blank(cursor.read())
    } else if (isBreak(unit)) {
      folder.break(cursor.readBreak())
    } else {
      return
    }
  }
}
