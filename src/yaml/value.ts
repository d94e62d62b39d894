import { isBase64 } from '../encoding/base64.ts'
import { lossyText } from '../encoding/lossy-text.ts'
import type { JsonValue } from '../api/json.ts'
import { floatKey } from './float-key.ts'
import { isInteger, plainScalar, type ScalarValue } from './plain-scalar.ts'
import { YamlLimit, YamlProblem } from './problem.ts'
import type { YamlAlias, YamlMap, YamlNode, YamlScalar } from './tree.ts'

const standardTag = 'tag:yaml.org,2002:'

// Aliases in aliases could go deeper than the stack of the engine bears.
const deepest = 1000

/**
 * The JSON value that a YAML text stands for, as Kubernetes reads it: aliases and merge keys are
 * filled in, of a key that stands twice the last one counts.
 *
 * @throws {@link YamlProblem} For what JSON cannot hold, or aliases that multiply out of hand.
 */
export function yamlToJson(root: YamlNode | undefined): JsonValue {
  return root === undefined ? null : new Reader().whole(root)
}

class Reader {
  /** Values that were looked at, and those of them that an alias led to. */
  #count = 1
  #throughAliases = 0
  #aliasDepth = 0
  #depth = 0
  readonly #open = new Set<YamlAlias>()

  /** Where the latest number stands that JSON cannot hold; one that is replaced does no harm. */
  #unsupportedAt: number | undefined

  whole(root: YamlNode): JsonValue {
    const value = this.#value(root)
    if (this.#unsupportedAt === undefined || !holdsUnsupported(value)) return value
    const words = 'json: unsupported value: a number is infinite or none'
    throw new YamlProblem(words, this.#unsupportedAt)
  }

  #value(node: YamlNode): JsonValue {
    this.#countOne(node)
    if (++this.#depth > deepest) throw new YamlLimit('exceeded max depth', node.offset)
    const value = this.#read(node)
    if (isUnsupported(value)) this.#unsupportedAt = node.offset
    this.#depth--
    return value
  }

  #read(node: YamlNode): JsonValue {
    switch (node.kind) {
      case 'alias':
        return this.#target(node, (target) => this.#value(target))
      case 'scalar':
        return scalarValue(node)
      case 'list':
        return node.items.map((item) => this.#value(item))
      case 'map':
        // Unlike assignment, this makes a key named `__proto__` a key like any other.
        return Object.fromEntries(this.#entries(node))
    }
  }

  #countOne({ offset }: YamlNode): void {
    this.#count++
    if (this.#aliasDepth > 0) this.#throughAliases++
    const [all, aliased] = [this.#count, this.#throughAliases]
    if (aliased > 100 && all > 1000 && aliased / all > allowedRatio(all)) {
      throw new YamlProblem('document contains excessive aliasing', offset)
    }
  }

  #target<Result>(alias: YamlAlias, read: (target: YamlNode) => Result): Result {
    if (this.#open.has(alias)) {
      throw new YamlProblem('anchor value contains itself', alias.offset)
    }
    this.#open.add(alias)
    this.#aliasDepth++
    const result = read(alias.target)
    this.#aliasDepth--
    this.#open.delete(alias)
    return result
  }

  #entries(map: YamlMap): [string, JsonValue][] {
    const entries: [string, JsonValue][] = []
    for (const { key, value } of map.pairs) {
      // A merge key wins over what stands before it, so the order is kept.
      if (isMergeKey(key)) for (const entry of this.#merged(value)) entries.push(entry)
      else entries.push([keyText(this.#value(key), key), this.#value(value)])
    }
    return entries
  }

  #merged(value: YamlNode): [string, JsonValue][] {
    if (value.kind !== 'list') return this.#mergedMap(value)
    // The first of a list is the strongest, and the last entry of a key is the one that counts.
    return value.items.toReversed().flatMap((item) => this.#mergedMap(item))
  }

  #mergedMap(node: YamlNode): [string, JsonValue][] {
    this.#countOne(node)
    if (node.kind === 'map') return this.#entries(node)
    if (node.kind === 'alias') {
      const { target } = node
      if (target.kind === 'map') {
        return this.#target(node, () => {
          this.#countOne(target)
          return this.#entries(target)
        })
      }
    }
    const words = 'map merge requires map or sequence of maps as the value'
    throw new YamlProblem(words, node.offset)
  }
}

function isUnsupported(value: JsonValue): boolean {
  return typeof value === 'number' && !Number.isFinite(value)
}

function holdsUnsupported(value: JsonValue): boolean {
  if (typeof value !== 'object' || value === null) return isUnsupported(value)
  return Object.values(value).some(holdsUnsupported)
}

// The more values there are, the fewer of them may come from aliases: 99 in 100, then 10.
const [fewValues, manyValues] = [400_000, 4_000_000]

function allowedRatio(count: number): number {
  if (count <= fewValues) return 0.99
  if (count >= manyValues) return 0.1
  return 0.99 - 0.89 * ((count - fewValues) / (manyValues - fewValues))
}

function isMergeKey(key: YamlNode): boolean {
  if (key.kind !== 'scalar' || key.text !== '<<') return false
  return key.plain || key.tag === `${standardTag}merge`
}

function keyText(key: JsonValue, node: YamlNode): string {
  switch (typeof key) {
    case 'string':
      return key
    case 'boolean':
      return String(key)
    case 'number':
      return isWritten(node, isInteger) ? String(key) : floatKey(key)
    case 'bigint':
      if (key <= 2n ** 63n - 1n) return String(key)
      break
    default:
  }
  throw new YamlProblem('unsupported map key', node.offset)
}

function isWritten(node: YamlNode, test: (text: string) => boolean): boolean {
  const target = node.kind === 'alias' ? node.target : node
  return target.kind === 'scalar' && test(target.text)
}

function scalarValue(scalar: YamlScalar): ScalarValue {
  const { tag, text, offset, plain } = scalar
  if (tag === `${standardTag}binary`) return binaryText(text, offset)
  if (tag === '') return plain ? plainScalar(text) : text
  if (!resolvedTags.has(tag)) return text
  const value = plainScalar(text)
  if (tag === `${standardTag}float` && isInteger(text)) return Number(value)
  if (tag === standardTag + kindOf(value, text)) return value
  throw new YamlProblem('cannot decode a value as what its tag says', offset)
}

const resolvedTags: ReadonlySet<string> = new Set(
  ['bool', 'int', 'float', 'null', 'timestamp'].map((kind) => standardTag + kind),
)

function kindOf(value: ScalarValue, text: string): string {
  if (value === null) return 'null'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'string') return isTimestamp(text) ? 'timestamp' : 'str'
  return isInteger(text) ? 'int' : 'float'
}

// A day, or a day and a time; the value stays the text that it is.
function isTimestamp(text: string): boolean {
  return /^\d{4}-\d\d?-\d\d?(?:[Tt ]\d{1,2}:\d{1,2}:\d{1,2}(?:[.,]\d+)?(?:Z|[-+]\d\d:\d\d)?)?$/u.test(
    text,
  )
}

function binaryText(text: string, offset: number): string {
  if (!isBase64(text)) {
    throw new YamlProblem('!!binary value contains invalid base64 data', offset)
  }
  return lossyText(Buffer.from(text, 'base64'))
}
