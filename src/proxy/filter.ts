/** A regular expression, whoever evaluates it. */
export interface Pattern {
  /** Whether it matches anywhere in the text. */
  test(text: string): boolean
}

/** Which requests the proxy serves; a list that is empty matches nothing. */
export interface FilterRules {
  readonly acceptHosts: readonly Pattern[]
  readonly acceptPaths: readonly Pattern[]
  readonly rejectPaths: readonly Pattern[]
  readonly rejectMethods: readonly Pattern[]
}

/** What the filter looks at. */
export interface FilteredRequest {
  readonly method: string
  /** The path in every form that a server might read it in. */
  readonly paths: readonly string[]
  /** Host and port that the request is for. */
  readonly host: string
  /** Where the page comes from that sent it; undefined when no browser says so. */
  readonly origin: string | undefined
  /** `Sec-Fetch-Site`: how the page that a browser asks for stands to this one. */
  readonly site?: string | undefined
  /** Whether it is to switch protocols, as a WebSocket does. */
  readonly upgrade?: boolean | undefined
}

/**
 * Whether a request is served. Without the rule on hosts any web page could act as the user: it has
 * its own name point to this machine, and asks itself. And without the one on origins it could open
 * a WebSocket here, which browsers let every page do.
 */
export function isServed(request: FilteredRequest, rules: FilterRules): boolean {
  const { method, paths, host, origin, site, upgrade } = request
  // What a browser says of an image or a link on a page of somebody else's.
  if (site === 'cross-site') return false
  if (!isHostServed(host, rules)) return false
  if (matches(rules.rejectMethods, method)) return false
  if (paths.some((path) => matches(rules.rejectPaths, path))) return false
  if (origin !== undefined && !matches(rules.acceptHosts, hostOfOrigin(origin))) return false
  // A page of another port cannot read an answer, unless it comes through a WebSocket.
  if (origin !== undefined && upgrade === true && !isSamePort(origin, host)) {
    return matches(rules.acceptHosts, hostAndPortOf(origin))
  }
  return paths.every((path) => matches(rules.acceptPaths, path))
}

/**
 * Whether requests for a host are served at all. This counts for static files too, which kubectl
 * serves to everybody who has a name of his own point to this machine.
 */
export function isHostServed(host: string, rules: Pick<FilterRules, 'acceptHosts'>): boolean {
  return hostForms(host).some((form) => matches(rules.acceptHosts, form))
}

/** Whether a `Host` header is one: what else stands there is refused by Go's server, too. */
export function isHost(header: string): boolean {
  return /^[\w!$%&()*+,\-.:;=[\]'~]*$/u.test(header)
}

function matches(patterns: readonly Pattern[], text: string): boolean {
  return patterns.some((pattern) => pattern.test(text))
}

/** A host without its port, in each form that a pattern may be written for. */
function hostForms(header: string): readonly string[] {
  // kubectl takes the brackets away together with a port, and then its own default does not match.
  const address = /^\[(?<address>[\da-f:.]+)\]:\d*$/iu.exec(header)?.groups?.['address']
  if (address !== undefined) return [`[${address}]`, address]
  const host = header.replace(/:\d*$/u, '')
  const lower = host.toLowerCase()
  return lower === host ? [host] : [host, lower]
}

function isSamePort(origin: string, host: string): boolean {
  const port = /:(?<port>\d+)$/u.exec(host)?.groups?.['port'] ?? '80'
  return URL.canParse(origin) && (new URL(origin).port || '80') === port
}

function hostAndPortOf(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).host : origin
}

function hostOfOrigin(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).hostname : origin
}
