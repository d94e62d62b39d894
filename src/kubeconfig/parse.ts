import type { JsonValue } from '../api/json.ts'
import { KubecredError } from '../errors/kubecred-error.ts'
import { decodeText } from './decode-text.ts'
import { FieldProblem, pathText } from './fields.ts'
import { readEntries, type KubeconfigFile } from './read-entries.ts'
import { offsetOfField, positionAt, type FieldPath } from './yaml-position.ts'
import { YamlProblem } from './yaml-problem.ts'
import { parseYaml } from './yaml-tree.ts'
import { yamlToJson } from './yaml-value.ts'

/**
 * Reads one kubeconfig, YAML or JSON.
 *
 * @param file Its path, for messages.
 * @throws {@link KubecredError} `ERR_KUBECONFIG_INVALID`, with file, line and field, and nothing of
 *   what stands there.
 */
export async function parseKubeconfig(bytes: Uint8Array, file: string): Promise<KubeconfigFile> {
  const text = decodeText(bytes)
  if (text === undefined) throw invalid(file, 'it is not a text in UTF-8')
  try {
    const value = jsonOf(text) ?? yamlToJson(await parseYaml(text))
    return readEntries(value, file)
  } catch (error) {
    throw await described(error, text, file)
  }
}

/** The value of a JSON text. Many tools write JSON, and this is far faster than reading it as YAML. */
function jsonOf(text: string): JsonValue | undefined {
  if (!/^\s*\{/u.test(text)) return undefined
  try {
    // Whatever JSON.parse returns is a JSON value.
    return JSON.parse(text) as JsonValue
  } catch {
    return undefined
  }
}

async function described(error: unknown, text: string, file: string): Promise<unknown> {
  if (error instanceof YamlProblem) {
    if (error.offset === undefined) return invalid(file, `yaml: ${error.message}`)
    const { line, column } = positionAt(text, error.offset)
    return invalid(file, `yaml: line ${line}, column ${column}: ${error.message}`, { line })
  }
  if (!(error instanceof FieldProblem)) return error
  const { path, message, hint } = error
  const line = await lineOf(text, path)
  if (path.length === 0) return invalid(file, message, { line }, hint)
  const field = pathText(path)
  return invalid(file, `line ${line}: ${field} ${message}`, { line, field }, hint)
}

async function lineOf(text: string, path: FieldPath): Promise<number> {
  try {
    return positionAt(text, offsetOfField(await parseYaml(text), path)).line
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
