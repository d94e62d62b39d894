/**
 * Whether a name occurs twice among headers whose names and values stand in turn. undici joins such
 * over HTTP/2 into one, with a comma: two groups to act as would become one group of another name.
 */
export function hasRepeatedHeader(headers: unknown): boolean {
  if (!Array.isArray(headers)) return false
  const names = new Set<string>()
  for (let index = 0; index < headers.length; index += 2)
    names.add(String(headers[index]).toLowerCase())
  return names.size < headers.length / 2
}
