import type { FieldPath } from './yaml-position.ts'
import type { YamlNode } from './yaml-tree.ts'

/** A key that stands in its mapping for another time. */
export interface RepeatedKey {
  readonly path: FieldPath
  /** Where it stands, as in the tree. */
  readonly offset: number
}

/** The keys that stand more than once in a mapping, in the order of the text, but merge keys. */
export function repeatedKeys(root: YamlNode | undefined): RepeatedKey[] {
  return root === undefined ? [] : repeatedBelow(root, [])
}

function repeatedBelow(node: YamlNode, path: FieldPath): RepeatedKey[] {
  if (node.kind === 'list') {
    return node.items.flatMap((item, index) => repeatedBelow(item, [...path, index]))
  }
  if (node.kind !== 'map') return []
  const seen = new Set<string>()
  return node.pairs.flatMap(({ key, value }) => {
    if (key.kind !== 'scalar' || key.text === '<<') return []
    const here = [...path, key.text]
    const repeated = seen.has(key.text) ? [{ path: here, offset: key.offset }] : []
    seen.add(key.text)
    return [...repeated, ...repeatedBelow(value, here)]
  })
}
