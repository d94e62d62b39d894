/**
 * What keeps a name from being one segment of a path on the server; nothing when it can be one. The
 * words are those of Kubernetes.
 */
export function segmentProblems(name: string): readonly string[] {
  if (name === '.' || name === '..') return [`may not be '${name}'`]
  return ['/', '%']
    .filter((character) => name.includes(character))
    .map((character) => `may not contain '${character}'`)
}
