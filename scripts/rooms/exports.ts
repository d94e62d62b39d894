import { lineOf, type Comment, type Source } from './source.ts'
import type { Violation } from './violation.ts'
import { isNode, type SyntaxNode } from './walk.ts'

const longestFirstLine = 100

/** Public names are listed one by one, and every export of src/ says what the caller gets. */
export function checkExports(source: Source): Violation[] {
  return source.body.flatMap((statement) => {
    const why = whyNot(source, statement)
    if (why === undefined) return []
    return [{ path: source.path, line: lineOf(source, statement.start), rule: 'export', why }]
  })
}

function whyNot(source: Source, statement: SyntaxNode): string | undefined {
  if (statement.type === 'ExportAllDeclaration') return 'no `export *`; list the names'
  const reexport = statement.type === 'ExportNamedDeclaration' && !isNode(statement['declaration'])
  if (source.path === 'src/doors/index.ts') {
    return reexport ? undefined : 'index.ts holds nothing but re-exports'
  }
  const exported = statement.type === 'ExportNamedDeclaration' && !reexport
  if (!exported || !source.path.startsWith('src/')) return undefined
  return whyUndocumented(source, statement)
}

function whyUndocumented(source: Source, statement: SyntaxNode): string | undefined {
  const before = source.comments.filter(({ end }) => end <= statement.start).at(-1)
  if (before === undefined || !documents(source, before, statement)) {
    // Further signatures of an overloaded function share the comment of the first.
    return isOverload(source, statement) ? undefined : 'no doc comment: say what the caller gets'
  }
  const first = before.text.replace(/^\*\s*(\*\s)?/, '').split('\n')[0] ?? ''
  const tooLong = first.trim().length > longestFirstLine
  return tooLong
    ? `the first line of its doc comment is over ${longestFirstLine} columns`
    : undefined
}

function documents({ text }: Source, comment: Comment, { start }: SyntaxNode): boolean {
  return comment.text.startsWith('*') && text.slice(comment.end, start).trim() === ''
}

function isOverload({ body }: Source, statement: SyntaxNode): boolean {
  const name = declaredName(statement)
  const first = body.find((other) => name !== undefined && declaredName(other) === name)
  return first !== undefined && first !== statement
}

function declaredName({ declaration }: SyntaxNode): string | undefined {
  const id = isNode(declaration) ? declaration['id'] : undefined
  return isNode(id) ? String(id['name']) : undefined
}
