// The API server takes whatever stands there for true, but for these two.
const no = new Set(['false', '0'])

/**
 * Whether the response to a path is expected to stay open: a watch, a followed log. The rule is the
 * API server's own, so that a request it streams is never taken for an ordinary one.
 */
export function isStreamingPath(path: string): boolean {
  return asksFor('watch', path) || asksFor('follow', path)
}

/** Whether the response to a path is a watch, which the server ends at times, and its reader expects. */
export function isWatchPath(path: string): boolean {
  return asksFor('watch', path)
}

function asksFor(what: 'watch' | 'follow', path: string): boolean {
  const [place, query] = parted(path)
  if (what === 'watch' && isOlderWatch(place)) return true
  // Nearly no query has either word: it is parsed only when one may be there.
  return mayHave(what, query) && saysYes(new URLSearchParams(query).get(what))
}

function parted(path: string): readonly [place: string, query: string] {
  const question = path.indexOf('?')
  return question === -1 ? [path, ''] : [path.slice(0, question), path.slice(question + 1)]
}

// Any letter may be percent-encoded.
function mayHave(word: string, text: string): boolean {
  return text.includes(word) || text.includes('%')
}

/** Whether the value of such a parameter means yes. */
export function saysYes(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === 0) return false
  return typeof value !== 'string' || !no.has(value.toLowerCase())
}

// The older form: /api/v1/watch/namespaces.
function isOlderWatch(place: string): boolean {
  if (!mayHave('/watch/', place)) return false
  return /\/(?:api\/[^/]+|apis\/[^/]+\/[^/]+)\/watch\//u.test(withoutEscapes(place))
}

// Of ASCII only: nothing else is in those words, and the rest need not be UTF-8.
function withoutEscapes(place: string): string {
  return place.replaceAll(/%([0-7][\da-f])/giu, (_escape, code: string) =>
    String.fromCodePoint(Number.parseInt(code, 16)),
  )
}
