import { isIPv6 } from 'node:net'
import { domainToASCII } from 'node:url'

import { Secret } from '../credential/secret.ts'

/** A proxy's URL, taken apart. */
export interface ProxyUrl {
  /** In lower case; '' where the text has none. */
  readonly scheme: string
  /** Name or address, IPv6 without brackets; '' where the text names none. */
  readonly host: string
  /** '' where the text has none. */
  readonly port: string
  /** Undefined where the text has no `USER@`. */
  readonly login: ProxyLogin | undefined
}

/** User name and password for a proxy, percent-decoded: a character for each byte. */
export interface ProxyLogin {
  readonly username: Secret
  /** '' where there is none. */
  readonly password: Secret
}

/**
 * Reads a proxy's URL as Go's `url.Parse` does; path, query and fragment do not count. Node's `URL`
 * is more forgiving, and does not decode what it does not know.
 *
 * @returns Undefined for what Go cannot parse.
 */
export function readProxyUrl(text: string): ProxyUrl | undefined {
  // oxlint-disable-next-line no-control-regex -- because Go refuses just these
  if (/[\0-\u001F\u007F]/u.test(text) || text === '') return undefined
  const [beforeFragment = '', ...fragment] = text.split('#')
  const [address = ''] = beforeFragment.split('?')
  const [, scheme = '', rest = ''] = /^(?:([a-z][a-z0-9+.-]*):)?(.*)$/isu.exec(address) ?? []
  if (scheme === '' && /^[^/]*:/u.test(rest)) return undefined
  const [, authority, path = ''] = /^\/\/([^/]*)(.*)$/su.exec(rest) ?? [undefined, undefined, rest]
  if (hasBadEscape(path) || hasBadEscape(fragment.join('#'))) return undefined
  const hasAuthority = authority !== undefined && (scheme !== '' || !rest.startsWith('///'))
  if (!hasAuthority) return { scheme: scheme.toLowerCase(), host: '', port: '', login: undefined }
  const read = readAuthority(authority)
  return read && { scheme: scheme.toLowerCase(), ...read }
}

const userCharacters = /^[a-z0-9\-._:~!$&'()*+,;=%@]*$/iu
const bracketed = /^\[([^%\]]+)(%25[^%\]]+)?\](?::(\d*))?$/u
const plain = /^((?:[a-z0-9\-._~!$&'()*+,;=<>"\u{80}-\u{10FFFF}]|%[89a-f][0-9a-f])*)(?::(\d*))?$/iu

function readAuthority(authority: string): Omit<ProxyUrl, 'scheme'> | undefined {
  const at = authority.lastIndexOf('@')
  const user = authority.slice(0, Math.max(at, 0))
  const place = authority.slice(at + 1)
  if (!userCharacters.test(user) || hasBadEscape(user)) return undefined
  const login = at === -1 ? undefined : loginOf(user)
  const [, address = '', zone = '', addressPort = ''] = bracketed.exec(place) ?? []
  if (isIPv6(address)) {
    return { host: address + zone.replace('%25', '%'), port: addressPort, login }
  }
  const [, name, port = ''] = plain.exec(place) ?? []
  return name === undefined ? undefined : { host: asciiName(name), port, login }
}

/** DNS knows names in ASCII only. */
function asciiName(host: string): string {
  const name = Buffer.from(decoded(host), 'latin1').toString()
  return /[^\0-\u007F]/u.test(name) ? domainToASCII(name) || name : name
}

function loginOf(user: string): ProxyLogin {
  const colon = user.indexOf(':')
  const username = colon === -1 ? user : user.slice(0, colon)
  const password = colon === -1 ? '' : user.slice(colon + 1)
  return { username: new Secret(decoded(username)), password: new Secret(decoded(password)) }
}

// decodeURIComponent would refuse bytes that are not UTF-8.
function decoded(text: string): string {
  const bytes = Buffer.from(text).toString('latin1')
  return bytes.replaceAll(/%([0-9a-f]{2})/giu, (_escape, hex: string) =>
    String.fromCodePoint(Number.parseInt(hex, 16)),
  )
}

function hasBadEscape(text: string): boolean {
  return /%(?![0-9a-f]{2})/iu.test(text)
}
