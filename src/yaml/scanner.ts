import type { YamlText } from './characters.ts'
import { Cursor, isBlankOrEnd, isBlank, isBreak, type Mark } from './cursor.ts'
import { YamlProblem } from './problem.ts'
import { scanBlock } from './scan-block.ts'
import { scanAnchor, scanDirective, scanTag } from './scan-names.ts'
import { scanPlain } from './scan-plain.ts'
import { scanQuoted } from './scan-quoted.ts'
import type { MarkType, Token } from './token.ts'

/** A token that turns out to be a key if a `:` follows on the same line. */
interface SimpleKey {
  possible: boolean
  /** Whether it has to be one, because a mapping goes on in its column. */
  readonly required: boolean
  /** Number of the token in the stream. */
  readonly token: number
  readonly mark: Mark
}

const longestKey = 1024

/**
 * Takes a YAML 1.1 text apart, one token at a time, by the rules of the library that Kubernetes
 * reads YAML with. They differ from those of YAML 1.2 in what a tab, a `?` or a `:` may stand beside.
 */
export class Scanner {
  readonly #cursor: Cursor
  readonly #queue: Token[] = []
  /** How many tokens have left the queue. */
  #passed = 0
  /** The latest candidate of each level of brackets. */
  readonly #keys: (SimpleKey | undefined)[] = [undefined]
  readonly #keysByToken = new Map<number, SimpleKey>()
  #keyAllowed = true
  #indent = -1
  readonly #indents: number[] = []
  #ended = false

  constructor(text: YamlText) {
    this.#cursor = new Cursor(text)
  }

  /**
   * The next token; the last one is `stream-end`, for ever.
   *
   * @throws {@link YamlProblem}
   */
  peek(): Token {
    while (this.#needsMore()) this.#fetch()
    const [token] = this.#queue
    if (token === undefined) throw new YamlProblem('unknown problem parsing YAML content', undefined)
    return token
  }

  /** Gives the next token and goes past it. */
  next(): Token {
    const token = this.peek()
    if (token.type !== 'stream-end') {
      this.#queue.shift()
      this.#passed++
    }
    return token
  }

  /** A token is known when it cannot turn out to be a key any more. */
  #needsMore(): boolean {
    if (this.#ended) return false
    if (this.#queue.length === 0) return true
    const key = this.#keysByToken.get(this.#passed)
    return key !== undefined && this.#isValid(key)
  }

  get #inFlow(): boolean {
    return this.#keys.length > 1
  }

  #fetch(): void {
    const cursor = this.#cursor
    this.#skipToToken()
    this.#unrollIndent(cursor.column)
    const unit = cursor.peek()
    // Four characters are looked at, so that what is wrong with their bytes comes up.
    for (let ahead = 1; ahead < 4; ahead++) cursor.peek(ahead)
    if (unit === 0) return this.#fetchEnd()
    if (cursor.column === 0 && unit === 0x25) return this.#fetchAtLeft(() => scanDirective(cursor))
    if (cursor.isAtDocumentIndicator()) {
      const type = unit === 0x2d ? 'document-start' : 'document-end'
      return this.#fetchAtLeft(() => this.#indicator(type, 3))
    }
    this.#fetchContent(String.fromCharCode(unit), isBlankOrEnd(cursor.peek(1)))
  }

  #fetchContent(character: string, alone: boolean): void {
    switch (character) {
      case '[':
        return this.#openFlow('flow-sequence-start')
      case '{':
        return this.#openFlow('flow-mapping-start')
      case ']':
        return this.#closeFlow('flow-sequence-end')
      case '}':
        return this.#closeFlow('flow-mapping-end')
      case ',':
        this.#dropKey()
        this.#keyAllowed = true
        return this.#push(this.#indicator('flow-entry'))
      case '*':
        return this.#fetchValue(() => scanAnchor(this.#cursor, 'alias'))
      case '&':
        return this.#fetchValue(() => scanAnchor(this.#cursor, 'anchor'))
      case '!':
        return this.#fetchValue(() => scanTag(this.#cursor))
      case "'":
      case '"':
        return this.#fetchValue(() => scanQuoted(this.#cursor))
      default:
        return this.#fetchByContext(character, alone)
    }
  }

  #fetchByContext(character: string, alone: boolean): void {
    if (character === '-' && alone) return this.#fetchBlockEntry()
    if (character === '?' && (alone || this.#inFlow)) return this.#fetchKey()
    if (character === ':' && (alone || this.#inFlow)) return this.#fetchColon()
    if ((character === '|' || character === '>') && !this.#inFlow) {
      this.#dropKey()
      this.#keyAllowed = true
      return this.#push(scanBlock(this.#cursor, this.#indent))
    }
    // The characters `-`, `?` and `:` begin a scalar if they are not alone, and so no indicators.
    if ('|>#%@`\t'.includes(character)) {
      throw this.#cursor.problem('found character that cannot start any token')
    }
    this.#fetchPlain()
  }

  #fetchPlain(): void {
    this.#saveKey()
    this.#keyAllowed = false
    const { token, brokenAfter } = scanPlain(this.#cursor, this.#indent + 1, this.#inFlow)
    if (brokenAfter) this.#keyAllowed = true
    this.#push(token)
  }

  /** Anything that may be a key, or begin one. */
  #fetchValue(scan: () => Token): void {
    this.#saveKey()
    this.#keyAllowed = false
    this.#push(scan())
  }

  /** What stands at the left margin and ends all that is open. */
  #fetchAtLeft(scan: () => Token): void {
    this.#unrollIndent(-1)
    this.#dropKey()
    this.#keyAllowed = false
    this.#push(scan())
  }

  #fetchEnd(): void {
    this.#cursor.endLine()
    this.#unrollIndent(-1)
    this.#dropKey()
    this.#keyAllowed = false
    this.#push({ type: 'stream-end', start: this.#cursor.mark() })
    this.#ended = true
  }

  #openFlow(type: MarkType): void {
    this.#saveKey()
    this.#keys.push(undefined)
    this.#keyAllowed = true
    this.#push(this.#indicator(type))
  }

  #closeFlow(type: MarkType): void {
    this.#dropKey()
    if (this.#inFlow) this.#keys.pop()
    this.#keyAllowed = false
    this.#push(this.#indicator(type))
  }

  #fetchBlockEntry(): void {
    if (!this.#inFlow) {
      if (!this.#keyAllowed) {
        throw this.#cursor.problem('block sequence entries are not allowed in this context')
      }
      this.#rollIndent(this.#cursor.mark(), 'block-sequence-start')
    }
    this.#dropKey()
    this.#keyAllowed = true
    this.#push(this.#indicator('block-entry'))
  }

  #fetchKey(): void {
    if (!this.#inFlow) {
      if (!this.#keyAllowed) {
        throw this.#cursor.problem('mapping keys are not allowed in this context')
      }
      this.#rollIndent(this.#cursor.mark(), 'block-mapping-start')
    }
    this.#dropKey()
    this.#keyAllowed = !this.#inFlow
    this.#push(this.#indicator('key'))
  }

  #fetchColon(): void {
    const key = this.#keys.at(-1)
    if (key !== undefined && this.#isValid(key)) {
      const at = key.token - this.#passed
      this.#queue.splice(at, 0, { type: 'key', start: key.mark })
      this.#rollIndent(key.mark, 'block-mapping-start', at)
      this.#forget(key)
      this.#keyAllowed = false
    } else {
      if (!this.#inFlow) {
        if (!this.#keyAllowed) {
          throw this.#cursor.problem('mapping values are not allowed in this context')
        }
        this.#rollIndent(this.#cursor.mark(), 'block-mapping-start')
      }
      this.#keyAllowed = !this.#inFlow
    }
    this.#push(this.#indicator('value'))
  }

  #push(token: Token): void {
    this.#queue.push(token)
  }

  #indicator(type: MarkType, length = 1): Token {
    const start = this.#cursor.mark()
    this.#cursor.skip(length)
    return { type, start }
  }

  #skipToToken(): void {
    const cursor = this.#cursor
    for (;;) {
      // A second byte order mark; the first is no part of the text.
      if (cursor.index === 0 && cursor.peek() === 0xfeff) cursor.skip()
      const tabs = this.#inFlow || !this.#keyAllowed
      while (cursor.peek() === 0x20 || (tabs && isBlank(cursor.peek()))) cursor.skip()
      cursor.skipComment()
      if (!isBreak(cursor.peek())) return
      cursor.readBreak()
      if (!this.#inFlow) this.#keyAllowed = true
    }
  }

  #isValid(key: SimpleKey): boolean {
    if (!key.possible) return false
    const { line, index } = this.#cursor
    if (key.mark.line >= line && key.mark.index + longestKey >= index) return true
    if (key.required) throw this.#cursor.problem("could not find expected ':'")
    key.possible = false
    return false
  }

  #saveKey(): void {
    if (!this.#keyAllowed) return
    this.#dropKey()
    const key: SimpleKey = {
      possible: true,
      required: !this.#inFlow && this.#indent === this.#cursor.column,
      token: this.#passed + this.#queue.length,
      mark: this.#cursor.mark(),
    }
    this.#keys[this.#keys.length - 1] = key
    this.#keysByToken.set(key.token, key)
  }

  #dropKey(): void {
    const key = this.#keys.at(-1)
    if (key === undefined || !key.possible) return
    if (key.required) throw this.#cursor.problem("could not find expected ':'")
    this.#forget(key)
  }

  #forget(key: SimpleKey): void {
    key.possible = false
    this.#keysByToken.delete(key.token)
  }

  #rollIndent(mark: Mark, type: MarkType, at: number = this.#queue.length): void {
    if (this.#inFlow || this.#indent >= mark.column) return
    this.#indents.push(this.#indent)
    this.#indent = mark.column
    this.#queue.splice(at, 0, { type, start: mark })
  }

  #unrollIndent(column: number): void {
    if (this.#inFlow) return
    while (this.#indent > column) {
      this.#push({ type: 'block-end', start: this.#cursor.mark() })
      this.#indent = this.#indents.pop() ?? -1
    }
  }
}
