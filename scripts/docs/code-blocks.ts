/** A fenced block of code in a page, or in an `@example` of a doc comment. */
export interface CodeBlock {
  readonly path: string
  /** Line of its first line of code, from 1. */
  readonly line: number
  /** First word after the fence; '' when there is none. */
  readonly language: string
  /** The words after the language. */
  readonly flags: readonly string[]
  readonly code: string
}

/** The fenced code blocks of a Markdown page. */
export function codeBlocks(path: string, markdown: string): CodeBlock[] {
  const lines = markdown.split(/\r?\n/)
  const blocks: CodeBlock[] = []
  for (let index = 0; index < lines.length; index += 1) {
    const opening = /^(\s*)(`{3,}|~{3,})\s*(.*)$/.exec(lines[index] ?? '')
    if (opening === null) continue
    const [, indent = '', fence = '', info = ''] = opening
    const rest = lines.slice(index + 1)
    const length = rest.findIndex((line) => line.trim() === fence)
    if (length < 0) throw new Error(`${path}:${index + 1}: this code block has no end`)
    const [language = '', ...flags] = info.trim().split(/\s+/)
    const code = rest.slice(0, length).map((line) => line.slice(outdent(line, indent)))
    blocks.push({ path, line: index + 2, language, flags, code: code.join('\n') })
    index += length + 1
  }
  return blocks
}

function outdent(line: string, indent: string): number {
  return line.startsWith(indent) ? indent.length : 0
}

/** The fenced code blocks in the doc comments of a source file. */
export function exampleBlocks(path: string, source: string): CodeBlock[] {
  // Everything but the doc comments becomes empty lines, so that line numbers stay true.
  let inComment = false
  const page = source.split(/\r?\n/).map((line) => {
    if (/^\s*\/\*\*/.test(line)) inComment = true
    const kept = inComment ? line.replace(/^\s*\*? ?/, '') : ''
    if (line.includes('*/')) inComment = false
    return kept
  })
  return codeBlocks(path, page.join('\n'))
}
