import type { JsonValue } from '../api/json.ts'
import { KubecredError } from '../errors/kubecred-error.ts'
import { yamlText, type YamlText } from '../yaml/characters.ts'
import { parseYaml } from '../yaml/parser.ts'
import { YamlProblem } from '../yaml/problem.ts'
import { yamlToJson } from '../yaml/value.ts'
import { offsetOfField, positionAt, type FieldPath } from '../yaml/field-position.ts'
import { FieldProblem, pathText } from '../yaml/fields.ts'
import { readEntries, type KubeconfigFile } from './read-entries.ts'
import { yamlHint } from '../yaml/hint.ts'

/**
 * Reads one kubeconfig, YAML or JSON.
 *
 * @param file Its path, for messages.
 * @throws {@link KubecredError} `ERR_KUBECONFIG_INVALID`, with file, line and field, and nothing of
 *   what stands there.
 */
export function parseKubeconfig(bytes: Uint8Array, file: string): KubeconfigFile {
  const text = yamlText(bytes)
  try {
    return readEntries(valueOf(text, bytes), file)
  } catch (error) {
    throw described(error, text, file)
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

function described(error: unknown, source: YamlText, file: string): unknown {
  const { text } = source
  if (error instanceof YamlProblem) {
    const hint = yamlHint(error.message)
    if (error.offset === undefined) return invalid(file, `yaml: ${error.message}`, {}, hint)
    const { line, column } = positionAt(text, error.offset)
    const where = `line ${line}, column ${column}`
    return invalid(file, `yaml: ${where}: ${error.message}`, { line }, hint)
  }
  if (!(error instanceof FieldProblem)) return error
  const { path, message, hint } = error
  const line = lineOf(source, path)
  if (path.length === 0) return invalid(file, message, { line }, hint)
  const field = pathText(path)
  return invalid(file, `line ${line}: ${field} ${message}`, { line, field }, hint)
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

function invalid(
  file: string,
  problem: string,
  where: { readonly line?: number; readonly field?: string } = {},
  hint?: string,
): KubecredError {
  return new KubecredError(
    'ERR_KUBECONFIG_INVALID',
    `error loading config file ${JSON.stringify(file)}: ${problem}`,
    { hint, details: { file, ...where } },
  )
}
