import { plainScalar } from './plain-scalar.ts'
import type { YamlNode } from './tree.ts'

/** Steps from the top of a file to a value: names of fields and indices of lists. */
export type FieldPath = readonly (string | number)[]

/** Line and column of a place in a text, both counted from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** The position of an offset in a text. */
export function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset)
  const lineStart = before.lastIndexOf('\n') + 1
  return { line: before.split('\n').length, column: before.length - lineStart + 1 }
}

/**
 * Where the value of a field begins. Aliases and merge keys are not followed: for what comes
 * through one, it is the place of the innermost field that is written out.
 */
export function offsetOfField(root: YamlNode | undefined, path: FieldPath): number {
  let node = root
  let offset = root?.offset ?? 0
  for (const step of path) {
    node = childAt(node, step)
    if (node === undefined) break
    offset = node.offset
  }
  return offset
}

function childAt(node: YamlNode | undefined, step: string | number): YamlNode | undefined {
  if (typeof step === 'number') return node?.kind === 'list' ? node.items[step] : undefined
  if (node?.kind !== 'map') return undefined
  return node.pairs.findLast(({ key }) => key.kind === 'scalar' && keyOf(key) === step)?.value
}

function keyOf({ text, plain }: { readonly text: string; readonly plain: boolean }): string {
  return plain ? String(plainScalar(text)) : text
}
