import { isJsonObject, type JsonValue } from '../api/json.ts'
import { isList } from './fields.ts'
import { YamlProblem } from './yaml-problem.ts'
import { plainScalar } from './yaml-scalar.ts'
import type { YamlAlias, YamlMap, YamlNode, YamlScalar } from './yaml-tree.ts'

// A thousand times what a hand-written kubeconfig needs, and little memory.
const mostValuesThroughAliases = 100_000

const standardTag = 'tag:yaml.org,2002:'

interface Walk {
  /** The latest value of each anchor. */
  readonly anchors: Map<string, YamlNode>
  /** Values that are being read now. */
  readonly open: Set<YamlNode>
  /** Whether an alias led here. */
  readonly throughAlias: boolean
  readonly count: { value: number }
}

/**
 * The JSON value that a YAML text stands for, as Kubernetes reads it: aliases and merge keys are
 * filled in, of a key that stands twice the last one counts.
 *
 * @throws {@link YamlProblem} For an alias without anchor, or aliases that multiply out of hand.
 */
export function yamlToJson(root: YamlNode | undefined): JsonValue {
  if (root === undefined) return null
  return valueOf(root, {
    anchors: new Map(),
    open: new Set(),
    throughAlias: false,
    count: { value: 0 },
  })
}

function valueOf(node: YamlNode, walk: Walk): JsonValue {
  if (walk.throughAlias && ++walk.count.value > mostValuesThroughAliases) {
    throw new YamlProblem('the aliases stand for too many values', node.offset)
  }
  if (node.kind === 'alias') return targetValue(node, walk)
  if (node.anchor !== undefined && !walk.throughAlias) walk.anchors.set(node.anchor, node)
  if (node.kind === 'scalar') return scalarValue(node)
  walk.open.add(node)
  const value =
    node.kind === 'list' ? node.items.map((item) => valueOf(item, walk)) : mapValue(node, walk)
  walk.open.delete(node)
  return value
}

function targetValue(alias: YamlAlias, walk: Walk): JsonValue {
  const target = walk.anchors.get(alias.name)
  if (target === undefined) throw new YamlProblem('an alias names no anchor', alias.offset)
  if (walk.open.has(target)) {
    throw new YamlProblem('the value of an anchor contains itself', alias.offset)
  }
  return valueOf(target, { ...walk, throughAlias: true })
}

function mapValue(map: YamlMap, walk: Walk): JsonValue {
  const entries: [string, JsonValue][] = []
  for (const { key, value } of map.pairs) {
    if (isMergeKey(key)) {
      // kubectl lets a merge key win over what stands before it, so the order is kept.
      entries.push(...mergedEntries(valueOf(value, walk), value.offset))
    } else {
      entries.push([keyText(valueOf(key, walk), key.offset), valueOf(value, walk)])
    }
  }
  // Unlike assignment, this makes a key named `__proto__` a key like any other.
  return Object.fromEntries(entries)
}

function isMergeKey(key: YamlNode): boolean {
  if (key.kind !== 'scalar' || key.text !== '<<') return false
  return key.tag === `${standardTag}merge` || (key.plain && key.tag === undefined)
}

function mergedEntries(value: JsonValue, offset: number): [string, JsonValue][] {
  if (isList(value)) {
    // The first of a list is the strongest, and the last entry of a key is the one that counts.
    return value.toReversed().flatMap((item) => mergedEntries(item, offset))
  }
  if (!isJsonObject(value)) {
    throw new YamlProblem('a merge key needs a mapping or a list of mappings', offset)
  }
  return Object.entries(value)
}

function keyText(key: JsonValue, offset: number): string {
  if (typeof key === 'string') return key
  if (typeof key === 'number' || typeof key === 'boolean') return String(key)
  throw new YamlProblem('a key is neither text nor number', offset)
}

function scalarValue(scalar: YamlScalar): JsonValue {
  const { tag, text, offset } = scalar
  if (tag === `${standardTag}binary`) return Buffer.from(text, 'base64').toString('utf8')
  if (!isResolved(scalar)) return text
  const value = plainScalar(text)
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new YamlProblem('a number is infinite or not a number', offset)
  }
  return value
}

function isResolved({ tag, plain }: YamlScalar): boolean {
  if (tag === undefined) return plain
  return ['int', 'float', 'bool', 'null'].some((kind) => tag === standardTag + kind)
}
