// Those that servers of this kind send, many times over; no server can make it more.
const mostKept = 256

const kept = new Map<string, string>()

/**
 * The name of a header as it is written over HTTP/1.1, for one that came over HTTP/2, where names are
 * in lower case: as Go writes it, so that a client sees what it sees of `kubectl proxy`.
 */
export function headerName(lower: string): string {
  const known = kept.get(lower)
  if (known !== undefined) return known
  const name = lower.replaceAll(/(?<=^|-)[a-z]/gu, (letter) => letter.toUpperCase())
  if (kept.size < mostKept) kept.set(lower, name)
  return name
}
