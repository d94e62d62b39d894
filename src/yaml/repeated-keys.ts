import type { YamlNode } from './tree.ts'

/** A key that stands in its mapping for another time. */
export interface RepeatedKey {
  readonly key: string
  /** Where it stands, as in the tree. */
  readonly offset: number
}

/** The keys that stand more than once in a mapping, in the order of the text, but merge keys. */
export function repeatedKeys(root: YamlNode | undefined): RepeatedKey[] {
  const repeated: RepeatedKey[] = []
  if (root !== undefined) collect(root, repeated)
  return repeated
}

function collect(node: YamlNode, repeated: RepeatedKey[]): void {
  if (node.kind === 'list') {
    for (const item of node.items) collect(item, repeated)
  }
  if (node.kind !== 'map') return
  const seen = new Set<string>()
  for (const { key, value } of node.pairs) {
    if (key.kind !== 'scalar' || key.text === '<<') continue
    if (seen.has(key.text)) repeated.push({ key: key.text, offset: key.offset })
    seen.add(key.text)
    collect(value, repeated)
  }
}
