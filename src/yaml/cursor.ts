import type { YamlText } from './characters.ts'
import { YamlProblem } from './problem.ts'

/** A place in a text. */
export interface Mark {
  /** In UTF-16 units, from 0. */
  readonly offset: number
  /** In characters, from 0. */
  readonly index: number
  readonly line: number
  /** In characters, from 0. */
  readonly column: number
}

/** A place that moves through a YAML text, character by character. */
export class Cursor {
  readonly #text: string
  readonly #source: YamlText
  #offset = 0
  #index = 0
  #line = 0
  #column = 0

  constructor(source: YamlText) {
    this.#source = source
    this.#text = source.text
  }

  get column(): number {
    return this.#column
  }

  get line(): number {
    return this.#line
  }

  get index(): number {
    return this.#index
  }

  mark(): Mark {
    const { offset, index, line, column } = this.#here()
    return { offset, index, line, column }
  }

  #here(): Mark {
    return { offset: this.#offset, index: this.#index, line: this.#line, column: this.#column }
  }

  /**
   * The character so many UTF-16 units ahead, as a code unit; 0 behind the end.
   *
   * @throws {@link YamlProblem} Where the bytes are no text.
   */
  peek(ahead = 0): number {
    const at = this.#offset + ahead
    if (at >= this.#source.faultFrom && this.#source.fault !== undefined) throw this.#source.fault
    // Behind the end there is NaN.
    return this.#text.charCodeAt(at) || 0
  }

  /** Whether the text goes on with these characters. */
  startsWith(words: string): boolean {
    for (let at = 0; at < words.length; at++) {
      if (this.peek(at) !== words.charCodeAt(at)) return false
    }
    return true
  }

  /** Goes on by so many characters, none of them a line end. */
  advance(count = 1): void {
    for (let done = 0; done < count; done++) {
      const unit = this.#text.charCodeAt(this.#offset)
      this.#offset += unit >= 0xd800 && unit < 0xdc00 ? 2 : 1
      this.#index++
      this.#column++
    }
  }

  /** Goes on by one character and gives it. */
  read(): string {
    const from = this.#offset
    this.advance()
    return this.#text.slice(from, this.#offset)
  }

  /** Goes on as long as the test holds, which no line end may pass, and gives what was passed. */
  readWhile(test: (unit: number) => boolean): string {
    const from = this.#offset
    const end = Math.min(this.#text.length, this.#source.faultFrom)
    let at = from
    let halves = 0
    for (; at < end; at++) {
      const unit = this.#text.charCodeAt(at)
      if (!test(unit)) break
      if (unit >= 0xd800 && unit < 0xdc00) halves++
    }
    this.#offset = at
    this.#index += at - from - halves
    this.#column += at - from - halves
    // Throws where the bytes are no text from here on.
    this.peek()
    return this.#text.slice(from, at)
  }

  /** Goes past a line end and gives what it stands for in a text. */
  readBreak(): string {
    const unit = this.peek()
    const isPair = unit === 0x0d && this.peek(1) === 0x0a
    this.#offset += isPair ? 2 : 1
    this.#index += isPair ? 2 : 1
    this.#line++
    this.#column = 0
    return unit === 0x2028 || unit === 0x2029 ? String.fromCharCode(unit) : '\n'
  }

  /** As if a line ended here. */
  endLine(): void {
    if (this.#column === 0) return
    this.#column = 0
    this.#line++
  }

  skipBlanks(): void {
    while (isBlank(this.peek())) this.advance()
  }

  /** Goes to the end of the line if a comment begins here. */
  skipComment(): void {
    if (this.peek() !== hash) return
    while (!isBreakOrEnd(this.peek())) this.advance()
  }

  /** Whether `---` or `...` stands here, at the start of a line, with nothing glued to it. */
  isAtDocumentIndicator(): boolean {
    if (this.#column !== 0) return false
    if (!this.startsWith('---') && !this.startsWith('...')) return false
    return isBlankOrEnd(this.peek(3))
  }

  problem(words: string): YamlProblem {
    return new YamlProblem(words, this.#offset)
  }
}

const hash = 0x23

/** Space or tab. */
export function isBlank(unit: number): boolean {
  return unit === 0x20 || unit === 0x09
}

/** A line end: of YAML 1.1, which knows five. */
export function isBreak(unit: number): boolean {
  return unit === 0x0a || unit === 0x0d || unit === 0x85 || unit === 0x2028 || unit === 0x2029
}

/** A line end or the end of the text. */
export function isBreakOrEnd(unit: number): boolean {
  return unit === 0 || isBreak(unit)
}

/** A space, a tab, a line end or the end of the text. */
export function isBlankOrEnd(unit: number): boolean {
  return isBlank(unit) || isBreakOrEnd(unit)
}

/** Whether a character means nothing in a text but itself: no blank, no line end, no colon. */
export function isPlain(unit: number): boolean {
  return unit > 0x20 && unit < 0x7f ? unit !== 0x3a : !isBlankOrEnd(unit)
}

/** A digit. */
export function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39
}

/** A letter, a digit, `_` or `-`: what names are made of. */
export function isWord(unit: number): boolean {
  if (isDigit(unit) || unit === 0x5f || unit === 0x2d) return true
  return (unit >= 0x41 && unit <= 0x5a) || (unit >= 0x61 && unit <= 0x7a)
}
