import type { ServerConfig } from './connection-config.ts'

/** A server's address, taken apart. */
export interface ServerAddress extends Pick<ServerConfig, 'url' | 'address'> {
  /** User name in the URL, '' for none. */
  readonly username: string
  readonly password: string
}

/**
 * Reads a server as client-go does: a host and port alone count as http, query and fragment do not
 * count.
 *
 * @returns What is wrong with it, as a string, when it is not an address. The words quote nothing
 *   of it: an address can hold a password.
 */
export function readServerAddress(server: string): ServerAddress | string {
  const withScheme = splitUrl(server)
  const written = withScheme ?? splitUrl(`http://${server}`)
  if (written === undefined) return notAnAddress
  if (withScheme === undefined && written.path.length > 1) return notAnAddress
  if (!['http', 'https'].includes(written.scheme)) return 'unsupported protocol scheme'
  const url = new URL(`${written.scheme}://${written.host}${written.path}`)
  return {
    url: url.href.replace(/\/+$/u, ''),
    address: addressOf(server, written),
    username: decoded(written.username),
    password: decoded(written.password),
  }
}

const notAnAddress = 'host must be a URL or a host:port pair'

interface WrittenUrl {
  readonly scheme: string
  readonly username: string
  readonly password: string
  readonly host: string
  readonly path: string
}

// URL itself is too forgiving: it takes `https:host`, backslashes and line ends.
const user = String.raw`(?:([^/?#@:]*)(?::([^/?#@]*))?@)?`
const shape = new RegExp(
  String.raw`^([a-z][a-z0-9+.-]*)://${user}([^/?#@\\\s]+)((?:/[^?#\\\s]*)?)(?:[?#]|$)`,
  'iu',
)

function splitUrl(text: string): WrittenUrl | undefined {
  const [, scheme = '', username = '', password = '', host = '', path = ''] = shape.exec(text) ?? []
  if (!URL.canParse(`http://${host}${path}`)) return undefined
  return { scheme: scheme.toLowerCase(), username, password, host, path }
}

/** client-go hands the server on as it is, but for a query after a path. We keep a password back. */
function addressOf(server: string, { path }: WrittenUrl): string {
  const anonymous = server.replace(/^([^/?#]*\/\/)?[^/?#]*@/u, '$1')
  return path.length > 1 ? anonymous.replace(/[?#].*$/su, '') : anonymous
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
