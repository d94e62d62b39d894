import type { JsonValue } from '../api/json.ts'
import { yamlText, type YamlText } from './characters.ts'
import { offsetOfField, positionAt, type FieldPath } from './field-position.ts'
import { FieldProblem, pathText } from './fields.ts'
import { yamlHint } from './hint.ts'
import { parseYaml } from './parser.ts'
import { YamlProblem } from './problem.ts'
import { yamlToJson } from './value.ts'

/** What is wrong with a file, in words that quote nothing of it. */
export interface FileProblem {
  readonly message: string
  readonly hint: string | undefined
  /** Where, as far as it is known. */
  readonly where: { readonly line?: number; readonly field?: string }
}

/**
 * Reads a file that is YAML or JSON.
 *
 * @param read Makes something of its value; a {@link FieldProblem} that it throws is told with its line.
 * @param errorOf Makes an error of what is wrong.
 */
export function readYamlFile<Result>(
  bytes: Uint8Array,
  read: (value: JsonValue) => Result,
  errorOf: (problem: FileProblem) => Error,
): Result {
  const text = yamlText(bytes)
  try {
    return read(valueOf(text, bytes))
  } catch (error) {
    const problem = problemOf(error, text)
    throw problem === undefined ? error : errorOf(problem)
  }
}

/** Kubernetes reads JSON as YAML, too; what only a reader of JSON understands is welcome here. */
function valueOf(text: YamlText, bytes: Uint8Array): JsonValue {
  try {
    return yamlToJson(parseYaml(text))
  } catch (error) {
    const value = error instanceof YamlProblem ? jsonOf(bytes) : undefined
    if (value === undefined) throw error
    return value
  }
}

function jsonOf(bytes: Uint8Array): JsonValue | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    // Whatever JSON.parse returns is a JSON value.
    return /^\s*\{/u.test(text) ? (JSON.parse(text) as JsonValue) : undefined
  } catch {
    return undefined
  }
}

function problemOf(error: unknown, source: YamlText): FileProblem | undefined {
  if (error instanceof YamlProblem) {
    const hint = yamlHint(error.message)
    if (error.offset === undefined) return { message: `yaml: ${error.message}`, hint, where: {} }
    const { line, column } = positionAt(source.text, error.offset)
    const place = `line ${line}, column ${column}`
    return { message: `yaml: ${place}: ${error.message}`, hint, where: { line } }
  }
  if (!(error instanceof FieldProblem)) return undefined
  const { path, message, hint } = error
  const line = lineOf(source, path)
  if (path.length === 0) return { message, hint, where: { line } }
  const field = pathText(path)
  return { message: `line ${line}: ${field} ${message}`, hint, where: { line, field } }
}

function lineOf(source: YamlText, path: FieldPath): number {
  try {
    return positionAt(source.text, offsetOfField(parseYaml(source), path)).line
  } catch (error) {
    // A text can be JSON and yet too deep for the YAML reader.
    if (error instanceof YamlProblem) return 1
    throw error
  }
}
