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
  const question = path.indexOf('?')
  // Nearly no query has either word: it is parsed only when one is there.
  if (question === -1 || !path.includes(what, question)) {
    return what === 'watch' && isOlderWatch(question === -1 ? path : path.slice(0, question))
  }
  return saysYes(new URLSearchParams(path.slice(question + 1)).get(what))
}

/** Whether the value of such a parameter means yes. */
export function saysYes(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === 0) return false
  return typeof value !== 'string' || !no.has(value.toLowerCase())
}

// The older form: /api/v1/watch/namespaces.
function isOlderWatch(path: string): boolean {
  return path.includes('/watch/') && /\/(?:api\/[^/]+|apis\/[^/]+\/[^/]+)\/watch\//u.test(path)
}
