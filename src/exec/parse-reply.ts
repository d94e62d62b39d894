import { isJsonObject, type JsonObject } from '../api/json.ts'
import { replyError } from './exec-error.ts'
import { kindOf } from './reply-shape.ts'

const onlyTheCredential =
  'standard output must hold one ExecCredential and nothing else; messages belong on standard error'

/**
 * Reads what a plugin printed: JSON when it begins with `{`, else the first document of YAML, and
 * an empty object when it printed nothing, as in client-go.
 *
 * @throws {@link KubecredError} `ERR_EXEC_REPLY`; nothing of the text is in it.
 */
export async function parseReply(stdout: Uint8Array): Promise<JsonObject> {
  const text = decodeText(stdout)
  const value = /^\s*\{/u.test(text) ? parseJson(text) : await parseYaml(text)
  if (value === null || value === undefined) return {}
  if (isJsonObject(value)) return value
  const fault = `json: cannot unmarshal ${kindOf(value)} into Go value of type struct`
  throw replyError(`${versionKindWords}${fault}`, onlyTheCredential)
}

const versionKindWords = "decoding stdout: couldn't get version/kind; json parse error: "

// PowerShell writes UTF-16; a byte order mark tells.
function decodeText(bytes: Uint8Array): string {
  const [first, second] = bytes
  const utf16 = first === 0xff && second === 0xfe ? 'utf-16le' : 'utf-16be'
  const marked = utf16 === 'utf-16le' || (first === 0xfe && second === 0xff)
  return new TextDecoder(marked ? utf16 : 'utf-8').decode(bytes)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const words = error instanceof Error ? error.message : ''
    throw replyError(`${versionKindWords}${jsonFault(words, text.length)}`, onlyTheCredential)
  }
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

async function parseYaml(text: string): Promise<unknown> {
  // Imported here, because nearly every plugin prints JSON and the import takes longer than that.
  const { LineCounter, parseAllDocuments } = await import('yaml')
  const lines = new LineCounter()
  const [document] = parseAllDocuments(text, {
    version: '1.1',
    lineCounter: lines,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
    // Go's reader has no base 60, and leaves dates the strings that they are.
    customTags: (tags) => tags.filter((tag) => typeof tag === 'string' || isPlainTag(tag)),
  })
  const [fault] = document?.errors ?? []
  if (fault !== undefined)
    throw yamlError(`line ${lines.linePos(fault.pos[0]).line}: ${fault.code}`)
  try {
    return document?.toJS()
  } catch {
    throw yamlError('its aliases cannot be resolved')
  }
}

function isPlainTag({ tag, format }: { tag: string; format?: string | undefined }): boolean {
  return tag !== 'tag:yaml.org,2002:timestamp' && format !== 'TIME'
}

function yamlError(fault: string): unknown {
  return replyError(`decoding stdout: yaml: ${fault}`, onlyTheCredential)
}
