import type { CST, Document, Node, Pair } from 'yaml'

import { YamlProblem, yamlProblem } from './yaml-problem.ts'

/** A YAML value as it is written: nothing resolved yet. */
export type YamlNode = YamlScalar | YamlList | YamlMap | YamlAlias

interface Placed {
  /** Where it begins, counted in UTF-16 units from the start of the text. */
  readonly offset: number
}

interface Anchored extends Placed {
  readonly anchor: string | undefined
  /** The tag in full, as `tag:yaml.org,2002:str`. */
  readonly tag: string | undefined
}

/** A single value. */
export interface YamlScalar extends Anchored {
  readonly kind: 'scalar'
  readonly text: string
  /** Whether it stands without quotes, so that it may be something else than text. */
  readonly plain: boolean
}

/** A sequence. */
export interface YamlList extends Anchored {
  readonly kind: 'list'
  readonly items: readonly YamlNode[]
}

/** A mapping. */
export interface YamlMap extends Anchored {
  readonly kind: 'map'
  readonly pairs: readonly { readonly key: YamlNode; readonly value: YamlNode }[]
}

/** A reference to the value that has the anchor of this name. */
export interface YamlAlias extends Placed {
  readonly kind: 'alias'
  readonly name: string
}

type YamlPackage = typeof import('yaml')

// The package takes about half a kilobyte for each token. Ten thousand clusters need fewer.
const mostTokens = 1_000_000
const deepestBrackets = 500

/**
 * Reads the first document of a YAML text. The only place that knows the `yaml` package, which is
 * loaded at the first call.
 *
 * @returns undefined when the text holds nothing but white space and comments.
 * @throws {@link YamlProblem}
 */
export async function parseYaml(text: string): Promise<YamlNode | undefined> {
  const yaml = await import('yaml')
  try {
    return parseWith(yaml, text)
  } catch (error) {
    if (error instanceof YamlProblem) throw error
    throw yamlProblem('', undefined)
  }
}

function parseWith(yaml: YamlPackage, text: string): YamlNode | undefined {
  const document = firstDocument(yaml, text)
  if (document === undefined) return undefined
  const [error] = document.errors
  if (error !== undefined) throw yamlProblem(error.code, error.pos[0])
  return document.contents === null ? undefined : nodeOf(yaml, document.contents)
}

function firstDocument(yaml: YamlPackage, text: string): Document.Parsed | undefined {
  const composer = new yaml.Composer({
    // Scalars stay as written; `plainScalar` knows what Kubernetes makes of them.
    schema: 'failsafe',
    resolveKnownTags: false,
    uniqueKeys: false,
    strict: false,
    prettyErrors: false,
    logLevel: 'silent',
  })
  for (const document of composer.compose(tokensOf(yaml, text))) return document
  return undefined
}

function* tokensOf(yaml: YamlPackage, text: string): Generator<CST.Token> {
  const parser = new yaml.Parser()
  let count = 0
  let depth = 0
  for (const lexeme of new yaml.Lexer().lex(text)) {
    if (lexeme === '[' || lexeme === '{') depth++
    if (lexeme === ']' || lexeme === '}') depth--
    if (depth > deepestBrackets) throw yamlProblem('RESOURCE_EXHAUSTION', undefined)
    if (++count > mostTokens) throw new YamlProblem('it has too many parts', undefined)
    yield* parser.next(lexeme)
  }
  yield* parser.end()
}

function nodeOf(yaml: YamlPackage, node: Node): YamlNode {
  const offset = node.range?.[0] ?? 0
  if (yaml.isAlias(node)) return { kind: 'alias', name: node.source, offset }
  // Every node but an alias can have both; the base class does not know the anchor.
  const { anchor, tag } = node as { readonly anchor?: string; readonly tag?: string }
  const placed = { offset, anchor, tag }
  if (yaml.isMap<unknown, unknown>(node)) {
    const pairs = node.items.map((pair) => pairOf(yaml, pair, offset))
    return { ...placed, kind: 'map', pairs }
  }
  if (yaml.isSeq<unknown>(node)) {
    const items = node.items.map((item) => childOf(yaml, item, offset))
    return { ...placed, kind: 'list', items }
  }
  if (yaml.isScalar(node)) {
    const plain = node.type === 'PLAIN' || node.type === undefined
    return { ...placed, kind: 'scalar', text: node.source ?? '', plain }
  }
  throw yamlProblem('', offset)
}

function pairOf(
  yaml: YamlPackage,
  pair: Pair<unknown, unknown>,
  offset: number,
): { readonly key: YamlNode; readonly value: YamlNode } {
  const key = childOf(yaml, pair.key, offset)
  return { key, value: childOf(yaml, pair.value, key.offset) }
}

function childOf(yaml: YamlPackage, child: unknown, offset: number): YamlNode {
  if (yaml.isNode(child)) return nodeOf(yaml, child)
  // `{ a }` and `a:`: no value is written.
  return { kind: 'scalar', text: '', plain: true, offset, anchor: undefined, tag: undefined }
}
