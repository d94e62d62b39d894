import { goJson } from '../api/go-json.ts'
import { isTooDeep, wholeValue } from '../api/json-text.ts'
import { yamlText } from '../yaml/characters.ts'
import { parseYaml } from '../yaml/parser.ts'
import { YamlProblem } from '../yaml/problem.ts'
import { yamlToJson } from '../yaml/value.ts'
import { replyError } from './exec-error.ts'
import { lossyText } from '../encoding/lossy-text.ts'

const onlyTheCredential =
  'standard output must hold one ExecCredential and nothing else; messages belong on standard error'

/**
 * Reads what a plugin printed, as client-go does: JSON when it begins with `{`, else the first
 * document of YAML.
 *
 * @returns A JSON text, well-formed: an object, or null when nothing was printed.
 * @throws {@link KubecredError} `ERR_EXEC_REPLY`; nothing of the text is in it.
 */
export function parseReply(stdout: Uint8Array): string {
  if (isProtobuf(stdout)) {
    throw replyError('decoding stdout: protobuf is no format for a credential', onlyTheCredential)
  }
  const text = isJson(stdout) ? wellFormed(lossyText(stdout)) : jsonOfYaml(stdout)
  const { kind } = wholeValue(text)
  if (kind === 'object' || kind === 'null') return text
  const fault = `json: cannot unmarshal ${kind} into Go value of type struct`
  throw replyError(`${versionKindWords}${fault}`, onlyTheCredential)
}

const versionKindWords = "decoding stdout: couldn't get version/kind; json parse error: "

// What Kubernetes writes before a message in its binary format.
function isProtobuf(stdout: Uint8Array): boolean {
  return Buffer.from(stdout.subarray(0, 4)).equals(Buffer.from('k8s\0'))
}

// Spaces of every kind are passed over in search of the brace; the JSON reader then refuses most.
function isJson(stdout: Uint8Array): boolean {
  return /^[\t-\r \u0085\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000]*\{/u.test(
    new TextDecoder('utf-8', { ignoreBOM: true }).decode(stdout.subarray(0, 4096)),
  )
}

function wellFormed(text: string): string {
  let fault = isTooDeep(text) ? 'exceeded max depth' : undefined
  try {
    JSON.parse(text)
  } catch (error) {
    fault = jsonFault(error instanceof Error ? error.message : '', text.length)
  }
  if (fault === undefined) return text
  throw replyError(`${versionKindWords}${fault}`, onlyTheCredential)
}

/** What is wrong with JSON, in Go's words, from the engine's words, which may quote the text. */
export function jsonFault(engineWords: string, length: number): string {
  const position = Number(/ at position (\d+)/u.exec(engineWords)?.[1] ?? Number.NaN)
  if (/unexpected end|unterminated string/iu.test(engineWords) || position >= length) {
    return 'unexpected end of JSON input'
  }
  const at = Number.isNaN(position) ? '' : ` at offset ${position}`
  return /after JSON/u.test(engineWords)
    ? `invalid character after top-level value${at}`
    : `invalid character${at}`
}

function jsonOfYaml(stdout: Uint8Array): string {
  const source = yamlText(stdout)
  try {
    return goJson(yamlToJson(parseYaml(source)))
  } catch (error) {
    if (!(error instanceof YamlProblem)) throw error
    const { message, offset } = error
    const line = offset === undefined ? 1 : source.text.slice(0, offset).split('\n').length
    throw replyError(`decoding stdout: yaml: line ${line}: ${message}`, onlyTheCredential)
  }
}
