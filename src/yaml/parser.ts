import type { YamlText } from './characters.ts'
import { YamlLimit } from './problem.ts'
import { Scanner } from './scanner.ts'
import { TagHandles } from './tag-handles.ts'
import { problemAt, type Token } from './token.ts'
import type { YamlNode } from './tree.ts'

// Ten times what any tool writes; the stack of the engine bears some more.
const deepest = 500

/**
 * Reads the first document of a YAML text.
 *
 * @returns undefined when the text holds nothing but white space and comments.
 * @throws {@link YamlProblem} In the words of the library that Kubernetes reads YAML with.
 */
export function parseYaml(text: YamlText): YamlNode | undefined {
  return new Parser(new Scanner(text)).document()
}

interface Properties {
  readonly anchor: string
  readonly tag: string
  readonly offset: number
  readonly given: boolean
}

class Parser {
  readonly #scanner: Scanner
  readonly #anchors = new Map<string, YamlNode>()
  #handles: TagHandles | undefined
  #depth = 0

  constructor(scanner: Scanner) {
    this.#scanner = scanner
  }

  document(): YamlNode | undefined {
    const first = this.#scanner.peek()
    if (first.type === 'stream-end') return undefined
    const isExplicit = ['version', 'tag-directive', 'document-start'].includes(first.type)
    this.#handles = new TagHandles(this.#scanner)
    if (isExplicit) this.#expect('document-start', 'did not find expected <document start>')
    const empty = ['version', 'tag-directive', 'document-start', 'document-end', 'stream-end']
    const node =
      isExplicit && this.#isNext(...empty) ? emptyScalar(this.#scanner.peek()) : this.#node(true)
    // What follows is not read, but a token that cannot be told apart from the document is.
    this.#scanner.peek()
    return node
  }

  #node(block: boolean, indentless = false): YamlNode {
    const token = this.#scanner.peek()
    if (token.type === 'alias') return this.#alias(this.#scanner.next())
    const properties = this.#properties(token)
    if (++this.#depth > deepest)
      throw new YamlLimit(`exceeded max depth of ${deepest}`, token.start.offset)
    const node = this.#content(properties, block, indentless)
    this.#depth--
    return node
  }

  #alias(token: Token): YamlNode {
    const target = token.type === 'alias' ? this.#anchors.get(token.name) : undefined
    if (target === undefined) throw problemAt(token, 'unknown anchor referenced')
    return { kind: 'alias', target, offset: token.start.offset }
  }

  #properties({ start }: Token): Properties {
    let [anchor, tag] = ['', '']
    let seen = ''
    for (;;) {
      const token = this.#scanner.peek()
      if (token.type === seen || (token.type !== 'anchor' && token.type !== 'tag')) break
      if (seen !== '' && anchor !== '' && tag !== '') break
      this.#scanner.next()
      if (token.type === 'anchor') anchor = token.name
      else tag = this.#handles?.resolve(token) ?? ''
      seen = token.type
    }
    return { anchor, tag, offset: start.offset, given: anchor !== '' || tag !== '' }
  }

  #content(properties: Properties, block: boolean, indentless: boolean): YamlNode {
    const token = this.#scanner.peek()
    const { tag, offset } = properties
    switch (token.type) {
      case 'scalar': {
        this.#scanner.next()
        const plain = (tag === '' && token.style === 'plain') || tag === '!'
        return this.#anchored(properties, { kind: 'scalar', text: token.text, tag, plain, offset })
      }
      case 'flow-sequence-start':
        return this.#list(properties, (items) => this.#flowItems(items))
      case 'flow-mapping-start':
        return this.#map(properties, (pairs) => this.#flowPairs(pairs))
      case 'block-sequence-start':
        if (block) return this.#list(properties, (items) => this.#blockItems(items))
        break
      case 'block-mapping-start':
        if (block) return this.#map(properties, (pairs) => this.#blockPairs(pairs))
        break
      case 'block-entry':
        if (indentless) return this.#list(properties, (items) => this.#indentlessItems(items))
        break
      default:
    }
    if (!properties.given) throw problemAt(token, 'did not find expected node content')
    const plain = tag === ''
    return this.#anchored(properties, { kind: 'scalar', text: '', tag, plain, offset })
  }

  #anchored(properties: Properties, node: YamlNode): YamlNode {
    if (properties.anchor !== '') this.#anchors.set(properties.anchor, node)
    return node
  }

  #list(properties: Properties, fill: (items: YamlNode[]) => void): YamlNode {
    const items: YamlNode[] = []
    const node: YamlNode = { kind: 'list', items, offset: properties.offset }
    // Before its items: one of them may refer to it, which is an error of its own.
    this.#anchored(properties, node)
    fill(items)
    return node
  }

  #map(properties: Properties, fill: (pairs: Pair[]) => void): YamlNode {
    const pairs: Pair[] = []
    const node: YamlNode = { kind: 'map', pairs, offset: properties.offset }
    this.#anchored(properties, node)
    fill(pairs)
    return node
  }

  #blockItems(items: YamlNode[]): void {
    this.#scanner.next()
    while (this.#isNext('block-entry')) {
      const entry = this.#scanner.next()
      const absent = this.#isNext('block-entry', 'block-end')
      items.push(absent ? emptyScalar(entry) : this.#node(true))
    }
    this.#expect('block-end', "did not find expected '-' indicator")
  }

  #indentlessItems(items: YamlNode[]): void {
    while (this.#isNext('block-entry')) {
      const entry = this.#scanner.next()
      const absent = this.#isNext('block-entry', 'key', 'value', 'block-end')
      items.push(absent ? emptyScalar(entry) : this.#node(true))
    }
  }

  #blockPairs(pairs: Pair[]): void {
    this.#scanner.next()
    while (this.#isNext('key')) {
      const key = this.#blockPart(this.#scanner.next())
      const value = this.#isNext('value')
        ? this.#blockPart(this.#scanner.next())
        : emptyScalar(this.#scanner.peek())
      pairs.push({ key, value })
    }
    this.#expect('block-end', 'did not find expected key')
  }

  #blockPart(indicator: Token): YamlNode {
    const absent = this.#isNext('key', 'value', 'block-end')
    return absent ? emptyScalar(indicator) : this.#node(true, true)
  }

  #flowItems(items: YamlNode[]): void {
    this.#scanner.next()
    while (!this.#isNext('flow-sequence-end')) {
      if (items.length > 0) {
        this.#expect('flow-entry', "did not find expected ',' or ']'")
        if (this.#isNext('flow-sequence-end')) break
      }
      items.push(this.#isNext('key') ? this.#singlePair() : this.#node(false))
    }
    this.#scanner.next()
  }

  /** `[key: value]` is a list with a mapping of one pair. */
  #singlePair(): YamlNode {
    const start = this.#scanner.next()
    const offset = start.start.offset
    if (this.#isNext('value', 'flow-entry', 'flow-sequence-end')) {
      // The library takes the token for a key without content, and passes it.
      const key = emptyScalar(this.#scanner.next())
      return { kind: 'map', pairs: [{ key, value: this.#flowValue('flow-sequence-end') }], offset }
    }
    const key = this.#node(false)
    return { kind: 'map', pairs: [{ key, value: this.#flowValue('flow-sequence-end') }], offset }
  }

  #flowPairs(pairs: Pair[]): void {
    this.#scanner.next()
    while (!this.#isNext('flow-mapping-end')) {
      if (pairs.length > 0) {
        this.#expect('flow-entry', "did not find expected ',' or '}'")
        if (this.#isNext('flow-mapping-end')) break
      }
      if (this.#isNext('key')) {
        this.#scanner.next()
        const absent = this.#isNext('value', 'flow-entry', 'flow-mapping-end')
        const key = absent ? emptyScalar(this.#scanner.peek()) : this.#node(false)
        pairs.push({ key, value: this.#flowValue('flow-mapping-end') })
      } else {
        const key = this.#node(false)
        pairs.push({ key, value: emptyScalar(this.#scanner.peek()) })
      }
    }
    this.#scanner.next()
  }

  #flowValue(end: 'flow-sequence-end' | 'flow-mapping-end'): YamlNode {
    if (this.#isNext('value')) {
      this.#scanner.next()
      if (!this.#isNext('flow-entry', end)) return this.#node(false)
    }
    return emptyScalar(this.#scanner.peek())
  }

  #isNext(...types: readonly string[]): boolean {
    return types.includes(this.#scanner.peek().type)
  }

  #expect(type: Token['type'], words: string): void {
    const token = this.#scanner.peek()
    if (token.type !== type) throw problemAt(token, words)
    this.#scanner.next()
  }
}

type Pair = { readonly key: YamlNode; readonly value: YamlNode }

function emptyScalar({ start }: Token): YamlNode {
  return { kind: 'scalar', text: '', tag: '', plain: true, offset: start.offset }
}
