import { lossyText } from '../encoding/lossy-text.ts'
import { yamlText } from '../yaml/characters.ts'
import { parseYaml } from '../yaml/parser.ts'
import { YamlLimit, YamlProblem } from '../yaml/problem.ts'
import { yamlToJson } from '../yaml/value.ts'
import { decodeJsonPreference } from './decode-json-preference.ts'
import { offsetOfField, positionAt } from '../yaml/field-position.ts'
import { FieldProblem, pathText } from '../yaml/fields.ts'
import {
  beginsLikeJson,
  cutDocuments,
  SeparatorProblem,
  type BytesDocument,
} from './kuberc-documents.ts'
import { readPreference, type Preference } from './read-preference.ts'
import { repeatedKeys } from '../yaml/repeated-keys.ts'

/** What a preferences file holds. */
export type ParsedKuberc =
  | {
      readonly kind: 'preference'
      readonly preference: Preference
      /** What kubectl passes over, in its words; '' when there is nothing. */
      readonly passedOver: string
    }
  /** White space only. */
  | { readonly kind: 'empty' }
  /** Nothing that kubectl could use, and why. */
  | { readonly kind: 'unusable'; readonly why: string }
  /** More than is read here, though kubectl may read it and find a policy. */
  | { readonly kind: 'beyond-limits'; readonly why: string }

/**
 * Reads a preferences file as kubectl 1.36 does.
 *
 * Of its documents the first that is a preference counts, and of that what is known.
 *
 * @param shown The path, for messages.
 */
export function parseKuberc(bytes: Uint8Array, shown: string): ParsedKuberc {
  const problems = new Some()
  try {
    for (const document of cutDocuments(bytes)) {
      const parsed = parseDocument(document)
      if (typeof parsed !== 'string') return parsed
      problems.add(parsed)
    }
  } catch (error) {
    if (error instanceof SeparatorProblem) return { kind: 'unusable', why: error.message }
    throw error
  }
  if (problems.count === 0) return { kind: 'empty' }
  const why = `no valid preferences found in ${shown}: ${problems.join('; ')}`
  return { kind: 'unusable', why }
}

/** The first of many words: a message must not grow with the file. */
class Some {
  readonly #words: string[] = []
  count = 0

  add(words: string): void {
    if (this.count++ < mostNamed) this.#words.push(words)
  }

  join(separator: string): string {
    const more = this.count - this.#words.length
    return [...this.#words, ...(more === 0 ? [] : [`and ${more} more`])].join(separator)
  }
}

const mostNamed = 10

function some(words: readonly string[]): string {
  const shown = new Some()
  for (const each of words) shown.add(each)
  return shown.join(', ')
}

/** What a document holds, or why kubectl passes it over. */
function parseDocument(document: BytesDocument): ParsedKuberc | string {
  try {
    const { preference, passedOver } = readDocument(document)
    const words = passedOver === '' ? '' : `strict decoding error: ${passedOver}`
    return { kind: 'preference', preference, passedOver: words }
  } catch (error) {
    const why = problemText(error, document)
    return error instanceof YamlLimit ? { kind: 'beyond-limits', why } : why
  }
}

interface ReadDocument {
  readonly preference: Preference
  /** '' when it is nothing. */
  readonly passedOver: string
}

function readDocument(document: BytesDocument): ReadDocument {
  if (beginsLikeJson(document)) {
    const { value, passedOver } = decodeJsonPreference(lossyText(document.bytes))
    return { preference: readPreference(value), passedOver: some(passedOver) }
  }
  const source = yamlText(document.bytes)
  const tree = parseYaml(source)
  const preference = readPreference(yamlToJson(tree))
  const unknown = preference.unknown.map((name) => `unknown field ${JSON.stringify(name)}`)
  const repeated = new Some()
  for (const { key, offset } of repeatedKeys(tree)) {
    // To count lines takes time, and what is not named needs none.
    if (repeated.count >= mostNamed) repeated.add('')
    else
      repeated.add(
        `line ${lineAt(document, source.text, offset)}: key ${JSON.stringify(key)} already set in map`,
      )
  }
  const lines = repeated.count === 0 ? [] : [`yaml: unmarshal errors: ${repeated.join(', ')}`]
  return {
    preference,
    passedOver: [...lines, ...(unknown.length === 0 ? [] : [some(unknown)])].join(', '),
  }
}

function problemText(error: unknown, document: BytesDocument): string {
  if (error instanceof FieldProblem) {
    const field = error.path.length === 0 ? 'it' : pathText(error.path)
    return `line ${lineOf(document, error)}: ${field} ${error.message}`
  }
  if (error instanceof YamlProblem) {
    const { text } = yamlText(document.bytes)
    return `line ${lineAt(document, text, error.offset ?? 0)}: ${error.message}`
  }
  // Its message would quote the file.
  if (error instanceof SyntaxError) return `line ${document.linesBefore + 1}: it is not JSON`
  throw error
}

function lineAt({ linesBefore }: BytesDocument, text: string, offset: number): number {
  return linesBefore + positionAt(text, offset).line
}

/** The line of a field of a document that was read before; the first, for JSON that is no YAML here. */
function lineOf(document: BytesDocument, { path }: FieldProblem): number {
  try {
    const source = yamlText(document.bytes)
    return lineAt(document, source.text, offsetOfField(parseYaml(source), path))
  } catch (error) {
    if (error instanceof YamlProblem) return document.linesBefore + 1
    throw error
  }
}
