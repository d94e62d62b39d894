import type { JsonValue } from '../api/json.ts'
import { yamlText, type YamlText } from './characters.ts'
import { offsetOfField, positionAt, type FieldPath } from './field-position.ts'
import { fieldProblemsIn, toldTogether } from './field-problems.ts'
import { pathText, type FieldProblem } from './fields.ts'
import { yamlHint } from './hint.ts'
import { parseYaml } from './parser.ts'
import { YamlProblem } from './problem.ts'
import type { YamlNode } from './tree.ts'
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
 * @param read Makes something of its value; each {@link FieldProblem} that it throws is told with its line.
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
  const problems = fieldProblemsIn(error)
  return problems === undefined ? undefined : problemOfFields(problems, source)
}

/** What is wrong with fields, in the order of their lines. */
function problemOfFields(problems: readonly FieldProblem[], source: YamlText): FileProblem {
  const root = rootOf(source)
  const lineOf = (path: FieldPath): number =>
    root === undefined ? 1 : positionAt(source.text, offsetOfField(root, path)).line
  const told = problems
    .map(({ path, message, hint }) => {
      const [line, field] = [lineOf(path), pathText(path)]
      const words = path.length === 0 ? message : `line ${line}: ${field} ${message}`
      return { message: words, hint, field, line }
    })
    .toSorted((one, other) => one.line - other.line)
  const [first] = told
  const field = first?.field ?? ''
  const where = { line: first?.line ?? 1, ...(field === '' ? {} : { field }) }
  return { ...toldTogether(told), where }
}

function rootOf(source: YamlText): YamlNode | undefined {
  try {
    return parseYaml(source)
  } catch (error) {
    // A text can be JSON and yet too deep for the YAML reader.
    if (error instanceof YamlProblem) return undefined
    throw error
  }
}
