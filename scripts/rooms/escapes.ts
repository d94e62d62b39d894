import { lineOf, type Source } from './source.ts'
import type { Violation } from './violation.ts'
import { dottedName, isNode, type SyntaxNode } from './walk.ts'

/** Ways around the compiler, the linter or the tests are not taken. */
export function checkEscapes(source: Source): Violation[] {
  return [...inComments(source), ...casts(source), ...inTests(source)]
}

function inComments(source: Source): Violation[] {
  const isTypeTest = source.path.endsWith('.test-d.ts')
  return source.comments.flatMap(({ text, start }) => {
    const directive = /@ts-(ignore|nocheck|expect-error)\b/.exec(text)?.[0]
    if (directive !== undefined && !(isTypeTest && directive.endsWith('expect-error'))) {
      return [escape(source, start, `${directive} hides what the compiler found`)]
    }
    const unreasoned = /^\s*(oxlint|eslint)-disable(?![^\n]* -- \S)/.test(text)
    return unreasoned ? [escape(source, start, 'give the reason: `-- because …`')] : []
  })
}

/** A cast says that the author knows better; a comment on it or just above it has to say why. */
function casts(source: Source): Violation[] {
  if (!source.path.startsWith('src/')) return []
  const commented = new Set(source.comments.map(({ end }) => lineOf(source, end)))
  return source.nodes.filter(isCast).flatMap(({ start, end }) => {
    const last = lineOf(source, end)
    const reasoned = [3, 2, 1, 0].some((above) => commented.has(last - above))
    return reasoned ? [] : [escape(source, start, 'a cast needs a comment that gives its reason')]
  })
}

function isCast(node: SyntaxNode): boolean {
  const { typeAnnotation } = node
  const named = isNode(typeAnnotation) ? typeAnnotation['typeName'] : undefined
  return node.type === 'TSAsExpression' && dottedName(named) !== 'const'
}

function inTests(source: Source): Violation[] {
  if (!source.path.startsWith('test/')) return []
  return source.nodes.flatMap((node) => {
    const name = node.type === 'MemberExpression' ? (dottedName(node) ?? '') : ''
    if (/^vi\.(do)?[mM]ock$/.test(name)) {
      return [
        escape(source, node.start, `${name}: modules are not mocked; pass the seam as an option`),
      ]
    }
    const parked = /^(test|it|describe)\.(only|skip|todo)$/.test(name)
    return parked ? [escape(source, node.start, `${name} takes tests out of the suite`)] : []
  })
}

function escape(source: Source, offset: number, why: string): Violation {
  return { path: source.path, line: lineOf(source, offset), rule: 'escape', why }
}
