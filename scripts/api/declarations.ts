import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseSource, type Source } from '../rooms/source.ts'
import { isNode, type SyntaxNode } from '../rooms/walk.ts'

/** Where a name leads: to declarations in a file of the build, or to another package. */
export type Declaration =
  | { readonly file: Source; readonly name: string; readonly statements: readonly SyntaxNode[] }
  | { readonly package: string; readonly name: string }

/** Reads a declaration file. */
export function readDeclarations(path: string): Source {
  return parseSource(path, readFileSync(path, 'utf8'))
}

/** The names that a declaration file exports, in order of the alphabet. */
export function exportedNames(file: Source): string[] {
  const names = file.body.flatMap((statement) => {
    if (statement.type === 'ExportAllDeclaration') throw new Error(`${file.path}: export *`)
    if (statement.type !== 'ExportNamedDeclaration') return []
    return [...declaredNames(statement), ...specifiersOf(statement).map(({ theirs }) => theirs)]
  })
  return [...new Set(names)].toSorted()
}

/** Follows a name that stands in a file, or that the file exports, to its declaration. */
export function findDeclaration(file: Source, name: string): Declaration | undefined {
  const statements = file.body.filter((statement) => declaredNames(statement).includes(name))
  if (statements.length > 0) return { file, name, statements }
  for (const statement of file.body) {
    const imports = statement.type === 'ImportDeclaration'
    for (const { ours, theirs } of specifiersOf(statement)) {
      if ((imports ? ours : theirs) !== name) continue
      return follow(file, statement['source'], imports ? theirs : ours)
    }
  }
  return undefined
}

function follow(file: Source, source: unknown, name: string): Declaration | undefined {
  if (!isNode(source)) return findDeclaration(file, name)
  const from = String(source['value'])
  if (!from.startsWith('.')) return { package: from, name }
  const target = resolve(file.path, '..', from.replace(/(\.d)?\.[jt]s$/, '.d.ts'))
  return findDeclaration(readDeclarations(target), name)
}

function declaredNames(statement: SyntaxNode): string[] {
  const inner = isNode(statement['declaration']) ? statement['declaration'] : statement
  const declared = inner.type === 'VariableDeclaration' ? inner['declarations'] : [inner]
  if (!Array.isArray(declared)) return []
  return declared.filter(isNode).flatMap(({ id }) => (isNode(id) ? [nameOf(id)] : []))
}

/** The parts of `{ ours as theirs }` in an export, of `{ theirs as ours }` in an import. */
function specifiersOf({ specifiers }: SyntaxNode): { ours: string; theirs: string }[] {
  if (!Array.isArray(specifiers)) return []
  return specifiers.filter(isNode).map(({ local, exported, imported }) => ({
    ours: nameOf(local),
    theirs: nameOf(exported ?? imported ?? local),
  }))
}

function nameOf(node: unknown): string {
  return isNode(node) ? String(node['name'] ?? node['value']) : ''
}
