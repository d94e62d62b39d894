/** One document of a file that may hold several. */
export interface BytesDocument {
  readonly bytes: Buffer
  /** Lines of the file before it. */
  readonly linesBefore: number
}

/** A line that begins as a separator and is none. */
export class SeparatorProblem extends Error {
  override readonly name: string = 'SeparatorProblem'
}

/**
 * Cuts a file at its `---` lines, as kubectl does before it reads any YAML, one document after the
 * other: what is wrong behind the document that counts does no harm.
 *
 * Documents of white space are left out.
 *
 * @throws {@link SeparatorProblem} For a line that goes on after the dashes.
 */
export function* cutDocuments(bytes: Uint8Array): Generator<BytesDocument, void, undefined> {
  let lines: string[] = []
  let linesBefore = 0
  for (const [index, line] of linesOf(bytes).entries()) {
    if (line.startsWith('---')) {
      const rest = textOf(line.slice('---'.length)).replace(leadingSpace, '')
      if (rest !== '' && !rest.startsWith('#')) {
        throw new SeparatorProblem(`invalid Yaml document separator: line ${index + 1}`)
      }
      if (lines.length > 0) {
        yield* documentOf(lines, linesBefore)
        lines = []
        linesBefore = index + 1
        continue
      }
    }
    lines.push(line)
  }
  yield* documentOf(lines, linesBefore)
}

/** Whether a document must be JSON because it begins so: kubectl takes no flow mapping there. */
export function beginsLikeJson({ bytes }: BytesDocument): boolean {
  return bytes.toString().replace(leadingSpace, '').startsWith('{')
}

// White space of Go's `unicode.IsSpace`: a byte order mark is none, unlike in JavaScript.
const leadingSpace = /^(?:[^\S\uFEFF]|\u0085)+/u

/** Each byte a character, so that a byte that is no text stays what it is in its document. */
function linesOf(bytes: Uint8Array): string[] {
  const lines = Buffer.from(bytes).toString('latin1').split(/\r?\n/u)
  if (lines.at(-1) === '') lines.pop()
  return lines
}

function* documentOf(lines: readonly string[], linesBefore: number): Generator<BytesDocument> {
  const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''), 'latin1')
  if (bytes.toString().replace(leadingSpace, '') !== '') yield { bytes, linesBefore }
}

function textOf(line: string): string {
  return Buffer.from(line, 'latin1').toString()
}
