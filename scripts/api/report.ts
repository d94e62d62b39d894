import { isNode, type SyntaxNode, walk } from '../rooms/walk.ts'
import { type Declaration, exportedNames, findDeclaration, readDeclarations } from './declarations.ts'

type Found = Exclude<Declaration, { package: string }>

/**
 * The public surface of one door as text: each name that it exports with its declaration, then
 * what these mention but the door does not export. Comments are left out, so that the report
 * changes only when the surface does.
 */
export function reportDoor(door: string, path: string): string {
  const { declared, packages } = collect(path)
  const exported = declared.filter(({ exportedAs }) => exportedAs !== undefined)
  const mentioned = declared.filter(({ exportedAs }) => exportedAs === undefined)
  const hidden = mentioned.length === 0 ? [] : ['// Not exported here, but mentioned above.']
  const parts = [
    `// Public surface of "${door}". After a change that is meant: npm run api:update`,
    packages.toSorted().join('\n'),
    ...exported.map(print),
    ...hidden,
    ...mentioned.map(print).toSorted(),
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

interface Entry {
  readonly found: Found
  readonly exportedAs: string | undefined
}

/** What the door exports, and all that can be reached from it. */
function collect(path: string): { declared: Entry[]; packages: string[] } {
  const door = readDeclarations(path)
  const queue: { declaration: Declaration | undefined; exportedAs: string | undefined }[] =
    exportedNames(door).map((name) => ({
      declaration: findDeclaration(door, name),
      exportedAs: name,
    }))
  const declared = new Map<string, Entry>()
  const packages = new Set<string>()
  // An array visits what is added while it is walked.
  for (const { declaration, exportedAs } of queue) {
    if (declaration === undefined) continue
    if ('package' in declaration) {
      packages.add(`import type { ${declaration.name} } from '${declaration.package}'`)
      continue
    }
    const key = `${declaration.file.path}#${declaration.name}`
    if (declared.has(key) && exportedAs === undefined) continue
    declared.set(declared.has(key) ? `${key} as ${exportedAs}` : key, {
      found: declaration,
      exportedAs,
    })
    for (const name of namesIn(declaration.statements)) {
      queue.push({ declaration: findDeclaration(declaration.file, name), exportedAs: undefined })
    }
  }
  return { declared: [...declared.values()], packages: [...packages] }
}

/** The types and values that statements refer to. */
function namesIn(statements: readonly SyntaxNode[]): Set<string> {
  const names = [...walk(statements)].flatMap((node) => {
    const reference =
      node['typeName'] ?? node['exprName'] ?? node['superClass'] ?? heritageOf(node) ?? undefined
    const name = firstName(reference)
    return name === undefined ? [] : [name]
  })
  return new Set(names)
}

function heritageOf(node: SyntaxNode): unknown {
  return /^TS(InterfaceHeritage|ClassImplements)$/.test(node.type) ? node['expression'] : undefined
}

/** `A` of `A`, `A.B` and `A.B.C`. */
function firstName(reference: unknown): string | undefined {
  if (!isNode(reference)) return undefined
  if (reference.type === 'Identifier') return String(reference['name'])
  return firstName(reference['left'] ?? reference['object'])
}

function print({ found, exportedAs }: Entry): string {
  const alias =
    exportedAs === undefined || exportedAs === found.name ? '' : `// exported as ${exportedAs}\n`
  return alias + found.statements.map((statement) => withoutComments(found, statement)).join('\n')
}

function withoutComments({ file }: Found, { start, end }: SyntaxNode): string {
  const inside = file.comments.filter((comment) => comment.start >= start && comment.end <= end)
  let text = ''
  let from = start
  for (const comment of inside) {
    text += file.text.slice(from, comment.start)
    from = comment.end
  }
  const lines = (text + file.text.slice(from, end)).split('\n')
  return lines.filter((line) => line.trim() !== '').join('\n')
}
