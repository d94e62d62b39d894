import type { JsonValue } from '../api/json.ts'
import { decodeText } from './decode-text.ts'
import { FieldProblem, pathText } from './fields.ts'
import { cutDocuments, SeparatorProblem, type TextDocument } from './kuberc-documents.ts'
import { readPreference, type Preference } from './read-preference.ts'
import { offsetOfField, positionAt, type FieldPath } from './yaml-position.ts'
import { YamlProblem } from './yaml-problem.ts'
import { repeatedKeys } from './yaml-repeated-keys.ts'
import { parseYaml } from './yaml-tree.ts'
import { yamlToJson } from './yaml-value.ts'

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
  /** Nothing that could be used, and why. */
  | { readonly kind: 'unusable'; readonly why: string }

/**
 * Reads a preferences file as kubectl 1.36 does.
 *
 * Of its documents the first that is a preference counts, and of that what is known.
 *
 * @param shown The path, for messages.
 */
export async function parseKuberc(bytes: Uint8Array, shown: string): Promise<ParsedKuberc> {
  const text = decodeText(bytes)
  if (text === undefined)
    return { kind: 'unusable', why: nothingIn(shown, 'it is no text in UTF-8') }
  try {
    return await firstPreference(cutDocuments(text), shown)
  } catch (error) {
    if (error instanceof SeparatorProblem) return { kind: 'unusable', why: error.message }
    throw error
  }
}

async function firstPreference(
  documents: readonly TextDocument[],
  shown: string,
): Promise<ParsedKuberc> {
  const problems: string[] = []
  for (const document of documents) {
    try {
      const { value, repeated } = await readDocument(document)
      const preference = readPreference(value)
      return { kind: 'preference', preference, passedOver: strictText(preference, repeated) }
    } catch (error) {
      problems.push(await problemText(error, document))
    }
  }
  if (problems.length === 0) return { kind: 'empty' }
  return { kind: 'unusable', why: nothingIn(shown, problems.join('; ')) }
}

function nothingIn(shown: string, why: string): string {
  return `no valid preferences found in ${shown}: ${why}`
}

interface ReadDocument {
  readonly value: JsonValue
  /** What is said of keys that stand twice; the last one counts. */
  readonly repeated: readonly string[]
}

async function readDocument({ text, linesBefore }: TextDocument): Promise<ReadDocument> {
  // What begins like JSON must be JSON: kubectl takes no flow mapping of YAML here.
  if (/^\s*\{/u.test(text)) {
    // Whatever JSON.parse returns is a JSON value.
    const value = JSON.parse(text) as JsonValue
    const repeated = repeatedKeys(await treeOf(text))
    return { value, repeated: repeated.map(({ path }) => `duplicate field "${pathText(path)}"`) }
  }
  const tree = await parseYaml(text)
  const lines = repeatedKeys(tree).map(({ path, offset }) => {
    const line = linesBefore + positionAt(text, offset).line
    return `line ${line}: key ${JSON.stringify(path.at(-1))} already set in map`
  })
  const repeated = lines.length === 0 ? [] : [`yaml: unmarshal errors: ${lines.join(', ')}`]
  return { value: yamlToJson(tree), repeated }
}

function strictText({ unknown }: Preference, repeated: readonly string[]): string {
  const problems = [...repeated, ...unknown.map((name) => `unknown field ${JSON.stringify(name)}`)]
  return problems.length === 0 ? '' : `strict decoding error: ${problems.join(', ')}`
}

async function problemText(error: unknown, document: TextDocument): Promise<string> {
  if (error instanceof FieldProblem) {
    const line = document.linesBefore + (await lineOf(document.text, error.path))
    const field = error.path.length === 0 ? 'it' : pathText(error.path)
    return `line ${line}: ${field} ${error.message}`
  }
  if (error instanceof YamlProblem) {
    const { line } = positionAt(document.text, error.offset ?? 0)
    return `line ${document.linesBefore + line}: ${error.message}`
  }
  // Its message would quote the file.
  if (error instanceof SyntaxError) return `line ${document.linesBefore + 1}: it is not JSON`
  throw error
}

async function lineOf(text: string, path: FieldPath): Promise<number> {
  return positionAt(text, offsetOfField(await treeOf(text), path)).line
}

/** The tree of a text that was read before; nothing for JSON that the YAML reader does not take. */
async function treeOf(text: string): ReturnType<typeof parseYaml> {
  try {
    return await parseYaml(text)
  } catch (error) {
    if (error instanceof YamlProblem) return undefined
    throw error
  }
}
