import { parseSync } from 'rolldown/utils'
import { type SyntaxNode, walk } from './walk.ts'

/** A comment, without its delimiters. */
export interface Comment {
  readonly text: string
  readonly start: number
  readonly end: number
}

/** A source file, parsed. */
export interface Source {
  /** From the root of the repository, with slashes. */
  readonly path: string
  readonly text: string
  /** The statements of the file. */
  readonly body: readonly SyntaxNode[]
  readonly nodes: readonly SyntaxNode[]
  readonly comments: readonly Comment[]
}

/** Parses a file of the repository. */
export function parseSource(path: string, text: string): Source {
  const { program, comments, errors } = parseSync(path, text)
  if (errors[0] !== undefined) throw new Error(`${path}: ${errors[0].message}`)
  const nodes = [...walk(program)]
  return {
    path,
    text,
    // The tree is plain data; `walk` has found each of these to be a node.
    body: program.body as unknown as SyntaxNode[],
    nodes,
    comments: comments.map(({ value, start, end }) => ({ text: value, start, end })),
  }
}

/** Number of the line in which the character at `offset` stands, from 1. */
export function lineOf({ text }: Pick<Source, 'text'>, offset: number): number {
  return text.slice(0, offset).split('\n').length
}
