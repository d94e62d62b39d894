/** One document of a file that may hold several. */
export interface TextDocument {
  readonly text: string
  /** Lines of the file before it. */
  readonly linesBefore: number
}

/** A line that begins as a separator and is none. */
export class SeparatorProblem extends Error {
  override readonly name: string = 'SeparatorProblem'
}

/**
 * Cuts a text at its `---` lines, as kubectl does before it reads any YAML.
 *
 * Documents of white space are left out.
 *
 * @throws {@link SeparatorProblem} For a line that goes on after the dashes.
 */
export function cutDocuments(text: string): TextDocument[] {
  const documents: TextDocument[] = []
  let lines: string[] = []
  let linesBefore = 0
  const end = (): void => {
    const document = lines.join('\n')
    if (document.trim() !== '') documents.push({ text: document, linesBefore })
  }
  for (const [index, line] of text.split(/\r?\n/u).entries()) {
    if (line.startsWith('---')) {
      const rest = line.slice('---'.length).trim()
      if (rest !== '' && !rest.startsWith('#')) {
        throw new SeparatorProblem(`invalid Yaml document separator: line ${index + 1}`)
      }
      if (lines.length > 0) {
        end()
        lines = []
        linesBefore = index + 1
        continue
      }
    }
    lines.push(line)
  }
  end()
  return documents
}
