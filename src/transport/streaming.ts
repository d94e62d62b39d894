// The API server takes whatever stands there for true, but for these two.
const no = new Set(['false', '0'])

/**
 * Whether the response to a path is expected to stay open: a watch, a followed log. The rule is the
 * API server's own, so that a request it streams is never taken for an ordinary one.
 */
export function isStreamingPath(path: string): boolean {
  const question = path.indexOf('?')
  if (question === -1) return isWatchPath(path)
  // Nearly no query has either word: it is parsed only when one is there.
  const query = path.slice(question + 1)
  if (!/watch|follow/u.test(query)) return isWatchPath(path.slice(0, question))
  const parameters = new URLSearchParams(query)
  return saysYes(parameters.get('watch')) || saysYes(parameters.get('follow'))
}

/** Whether the value of such a parameter means yes. */
export function saysYes(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === 0) return false
  return typeof value !== 'string' || !no.has(value.toLowerCase())
}

// The older form: /api/v1/watch/namespaces.
function isWatchPath(path: string): boolean {
  return path.includes('/watch/') && /\/(?:api\/[^/]+|apis\/[^/]+\/[^/]+)\/watch\//u.test(path)
}
