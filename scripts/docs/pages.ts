import { globSync, readFileSync } from 'node:fs'
import { type CodeBlock, codeBlocks, exampleBlocks } from './code-blocks.ts'

/** A page for people, or a source file with examples in its doc comments. */
export interface Page {
  /** From the root of the repository, with slashes. */
  readonly path: string
  readonly text: string
}

/** Every Markdown page of the repository. */
export function readPages(): Page[] {
  return read(['*.md', 'docs/**/*.md', 'bench/*.md', 'examples/**/*.md'])
}

/** Every code block of the pages, and of the doc comments in src/. */
export function readBlocks(): CodeBlock[] {
  const sources = read(['src/**/*.ts'])
  return [
    ...readPages().flatMap(({ path, text }) => codeBlocks(path, text)),
    ...sources.flatMap(({ path, text }) => exampleBlocks(path, text)),
  ]
}

/** Targets of the links in a page that lead to files of the repository. */
export function linkedFiles({ text }: Page): string[] {
  const targets = [...text.matchAll(/\]\(([^)#\s]+)(#[^)\s]*)?\)/g)].map((match) => match[1] ?? '')
  return targets.filter((target) => !/^[a-z]+:/.test(target))
}

function read(patterns: readonly string[]): Page[] {
  const paths = globSync([...patterns]).map((path) => path.replaceAll('\\', '/'))
  return paths.toSorted().map((path) => ({ path, text: readFileSync(path, 'utf8') }))
}
