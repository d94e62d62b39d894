import type { Source } from './source.ts'
import { isNode, type SyntaxNode } from './walk.ts'

/** An import or re-export of another module. */
export interface Import {
  readonly specifier: string
  /** `type` leaves nothing at run time; `dynamic` loads at the first need. */
  readonly kind: 'static' | 'dynamic' | 'type'
  readonly start: number
}

/** Everything that a file imports, in any of the ways there are. */
export function importsOf({ nodes }: Source): Import[] {
  return nodes.flatMap((node) => {
    const kind = kindOf(node)
    const specifier = kind === undefined ? undefined : specifierOf(node)
    if (kind === undefined || specifier === undefined) return []
    return [{ specifier, kind, start: node.start }]
  })
}

function kindOf(node: SyntaxNode): Import['kind'] | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
      return node['importKind'] === 'type' ? 'type' : 'static'
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
      return node['exportKind'] === 'type' ? 'type' : 'static'
    case 'ImportExpression':
      return 'dynamic'
    case 'TSImportType':
      return 'type'
    default:
      return undefined
  }
}

function specifierOf(node: SyntaxNode): string | undefined {
  const { source } = node
  return isNode(source) && typeof source['value'] === 'string' ? source['value'] : undefined
}
