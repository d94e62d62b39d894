const secretNames = /token|secret|password|signature|^sig$|api[-_]?key/iu

/** A URL for a log: what looks like a secret in its query is left out. */
export function shownUrl(url: URL): string {
  const shown = new URL(url)
  for (const name of url.searchParams.keys()) {
    if (secretNames.test(name)) shown.searchParams.set(name, '[redacted]')
  }
  shown.username = ''
  shown.password = ''
  return shown.href
}
