/**
 * A text in double quotes as Go's `strconv.Quote` writes it.
 *
 * Characters that Unicode took in after Go's version of it are not escaped here.
 */
export function goQuote(text: string): string {
  // Go reads a lone surrogate as the replacement character.
  const escaped = text.toWellFormed().replaceAll(/["\\]|[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, escape)
  return `"${escaped}"`
}

const short: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\u0007', '\\a'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\v', '\\v'],
])

function escape(character: string): string {
  const code = character.codePointAt(0) ?? 0
  const hex = (digits: number): string => code.toString(16).padStart(digits, '0')
  if (code < 0x20 || code === 0x7f) return short.get(character) ?? `\\x${hex(2)}`
  return short.get(character) ?? (code > 0xffff ? `\\U${hex(8)}` : `\\u${hex(4)}`)
}
