/** A command line as bash hands it to a completion. */
export interface BashLine {
  /** The finished words, without quotes; the name of the program is the first. */
  readonly finished: readonly string[]
  /** What there is of the word at the cursor, without quotes. */
  readonly current: string
  /** How much of {@link current} stands before the part that bash replaces. */
  readonly before: number
  /** The quote that is still open at the cursor, '' when none is. */
  readonly quote: string
}

/**
 * Reads a command line up to the cursor. Nothing in it is expanded or run.
 *
 * @param breaks Characters where a word that is replaced begins anew: COMP_WORDBREAKS.
 */
export function readBashLine(line: string, breaks: string): BashLine {
  const finished: string[] = []
  let word: string | undefined
  let before = 0
  let quote = ''
  for (let index = 0; index < line.length; index++) {
    const character = line.charAt(index)
    if (quote === '' && /\s/u.test(character)) {
      if (word !== undefined) finished.push(word)
      word = undefined
      before = 0
    } else if (quote === '' ? isQuote(character) : character === quote) {
      quote = quote === '' ? character : ''
      word ??= ''
      before = word.length
    } else if (isEscape(line, index, quote)) {
      index++
      word = (word ?? '') + line.charAt(index)
    } else {
      word = (word ?? '') + character
      if (quote === '' && breaks.includes(character)) before = word.length
    }
  }
  return { finished, current: word ?? '', before, quote }
}

/** A value the way it has to stand on the line, within the quote that is open there. */
export function bashQuoted(value: string, quote: string): string {
  if (quote === "'") return value.replaceAll("'", `'\\''`)
  if (quote === '"') return value.replaceAll(/["$`\\]/gu, '\\$&')
  return value.replaceAll(/[^\w./:=@%+,\u{80}-\u{10ffff}-]/gu, '\\$&')
}

function isQuote(character: string): boolean {
  return character === '"' || character === "'"
}

function isEscape(line: string, index: number, quote: string): boolean {
  if (line.charAt(index) !== '\\' || quote === "'") return false
  const next = line.charAt(index + 1)
  return quote === '' || (next !== '' && '"$`\\'.includes(next))
}
