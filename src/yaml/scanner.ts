import type { YamlText } from './characters.ts'
import { Cursor, isBlankOrEnd, isBlank, isBreak, type Mark } from './cursor.ts'
import { YamlLimit, YamlProblem } from './problem.ts'
import { scanBlock } from './scan-block.ts'
import { scanAnchor, scanDirective, scanTag } from './scan-names.ts'
import { scanPlain } from './scan-plain.ts'
import { scanQuoted } from './scan-quoted.ts'
import { SimpleKeys } from './simple-keys.ts'
import type { MarkType, Token } from './token.ts'

// What is made of one takes some hundred bytes. Ten thousand clusters need fewer.
const mostTokens = 1_000_000

/**
 * Takes a YAML 1.1 text apart, one token at a time, by the rules of the library that Kubernetes
 * reads YAML with. They differ from those of YAML 1.2 in what a tab, a `?` or a `:` may stand beside.
 */
export class Scanner {
  readonly #cursor: Cursor
  readonly #queue: Token[] = []
  /** How many tokens have left the queue. */
  #passed = 0
  readonly #keys: SimpleKeys
  #keyAllowed = true
  #indent = -1
  readonly #indents: number[] = []
  #ended = false

  constructor(text: YamlText) {
    this.#cursor = new Cursor(text)
    this.#keys = new SimpleKeys(this.#cursor)
  }

  /**
   * The next token; the last one is `stream-end`, for ever.
   *
   * @throws {@link YamlProblem}
   */
  peek(): Token {
    while (this.#needsMore()) this.#fetch()
    const [token] = this.#queue
    if (token === undefined)
      throw new YamlProblem('unknown problem parsing YAML content', undefined)
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
    return this.#queue.length === 0 || this.#keys.mayBe(this.#passed)
  }

  get #inFlow(): boolean {
    return this.#keys.brackets > 0
  }

  #fetch(): void {
    const cursor = this.#cursor
    this.#skipToToken()
    this.#unrollIndent(cursor.column)
    // Four characters are looked at, so that what is wrong with their bytes comes up.
    const [unit = 0] = [0, 1, 2, 3].map((ahead) => cursor.peek(ahead))
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
        return this.#fetchBeforeKey(() => this.#indicator('flow-entry'))
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
      return this.#fetchBeforeKey(() => scanBlock(this.#cursor, this.#indent))
    }
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

  /** What is no key, and has one after it. */
  #fetchBeforeKey(scan: () => Token): void {
    this.#keys.drop()
    this.#keyAllowed = true
    this.#push(scan())
  }

  /** What stands at the left margin and ends all that is open. */
  #fetchAtLeft(scan: () => Token): void {
    this.#unrollIndent(-1)
    this.#keys.drop()
    this.#keyAllowed = false
    this.#push(scan())
  }

  #fetchEnd(): void {
    this.#cursor.endLine()
    this.#fetchAtLeft(() => ({ type: 'stream-end', start: this.#cursor.mark() }))
    this.#ended = true
  }

  #openFlow(type: MarkType): void {
    this.#saveKey()
    this.#keys.open(this.#passed + this.#queue.length)
    this.#keyAllowed = true
    this.#push(this.#indicator(type))
  }

  #closeFlow(type: MarkType): void {
    this.#keys.drop()
    this.#keys.close()
    this.#keyAllowed = false
    this.#push(this.#indicator(type))
  }

  #fetchBlockEntry(): void {
    this.#startBlock('block-sequence-start', 'block sequence entries')
    this.#fetchBeforeKey(() => this.#indicator('block-entry'))
  }

  #fetchKey(): void {
    this.#startBlock('block-mapping-start', 'mapping keys')
    this.#keys.drop()
    this.#keyAllowed = !this.#inFlow
    this.#push(this.#indicator('key'))
  }

  /** Begins a list or a mapping, unless one goes on in this column. */
  #startBlock(type: MarkType, what: string): void {
    if (this.#inFlow) return
    if (!this.#keyAllowed) {
      throw this.#cursor.problem(`${what} are not allowed in this context`)
    }
    this.#rollIndent(this.#cursor.mark(), type)
  }

  #fetchColon(): void {
    const key = this.#keys.take()
    if (key !== undefined) {
      // Behind all others when the token has passed already, see SimpleKeys.close.
      const at = key.token < this.#passed ? Infinity : key.token - this.#passed
      this.#queue.splice(at, 0, { type: 'key', start: key.mark })
      this.#rollIndent(key.mark, 'block-mapping-start', at)
      this.#keyAllowed = false
    } else {
      this.#startBlock('block-mapping-start', 'mapping values')
      this.#keyAllowed = !this.#inFlow
    }
    this.#push(this.#indicator('value'))
  }

  #push(token: Token): void {
    if (this.#passed > mostTokens) throw new YamlLimit('it has too many parts', undefined)
    this.#queue.push(token)
  }

  #indicator(type: MarkType, length = 1): Token {
    const start = this.#cursor.mark()
    this.#cursor.advance(length)
    return { type, start }
  }

  #skipToToken(): void {
    const cursor = this.#cursor
    for (;;) {
      const tabs = this.#inFlow || !this.#keyAllowed
      while (cursor.peek() === 0x20 || (tabs && isBlank(cursor.peek()))) cursor.advance()
      cursor.skipComment()
      if (!isBreak(cursor.peek())) return
      cursor.readBreak()
      if (!this.#inFlow) this.#keyAllowed = true
    }
  }

  #saveKey(): void {
    if (!this.#keyAllowed) return
    const required = !this.#inFlow && this.#indent === this.#cursor.column
    this.#keys.save(this.#passed + this.#queue.length, required)
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
