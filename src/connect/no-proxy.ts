import { domainToASCII } from 'node:url'

import { isInRange, isLoopback, readIp, readRange } from '../transport/ip-address.ts'

/**
 * Whether a server is reached without the environment's proxy: because it is this machine, or because
 * NO_PROXY lists it. As Go's `httpproxy`.
 *
 * @param noProxy Names, addresses and ranges with commas between them.
 */
export function goesDirect(server: URL, noProxy: string): boolean {
  const host = hostOf(server)
  const ip = readIp(host)
  if (host === 'localhost' || (ip !== undefined && isLoopback(ip))) return true
  const to = { host, ip, port: server.port || (server.protocol === 'https:' ? '443' : '80') }
  return noProxy.split(',').some((entry) => matches(entry.trim().toLowerCase(), to))
}

/**
 * Whether NO_PROXY lists a range that the server's address is in. As apimachinery, which looks at
 * ranges before Go does, and takes them with leading zeros, but not with blanks.
 */
export function isInListedRange(server: URL, noProxy: string): boolean {
  const ip = readIp(hostOf(server))
  return ip !== undefined && noProxy.split(',').some((entry) => isInText(ip, decimal(entry)))
}

function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/gu, '')
}

interface Destination {
  readonly host: string
  readonly ip: Uint8Array | undefined
  readonly port: string
}

function matches(entry: string, { host, ip, port }: Destination): boolean {
  if (entry === '*') return true
  if (readRange(entry) !== undefined) return ip !== undefined && isInText(ip, entry)
  const [name, onlyPort] = splitPort(entry)
  if (name === '' || !['', port].includes(onlyPort)) return false
  const address = readIp(name)
  if (address !== undefined) return ip !== undefined && Buffer.compare(address, ip) === 0
  return ip === undefined && isUnder(host, name)
}

function isInText(ip: Uint8Array, text: string): boolean {
  const range = readRange(text)
  return range !== undefined && isInRange(ip, range)
}

/** `example.com` names itself and what is below it, `.example.com` and `*.example.com` only that. */
function isUnder(host: string, name: string): boolean {
  const pattern = name.startsWith('*.') ? name.slice(1) : name
  const below = asciiName(pattern.startsWith('.') ? pattern : `.${pattern}`)
  return host.endsWith(below) || (!pattern.startsWith('.') && `.${host}` === below)
}

function asciiName(name: string): string {
  return /[^\0-\u007F]/u.test(name) ? domainToASCII(name) || name : name
}

/** Host and port, '' for none, as Go's `net.SplitHostPort`; what it refuses counts as a host. */
function splitPort(entry: string): readonly [host: string, port: string] {
  const [, bracketed, plain, port = ''] =
    /^(?:\[([^[\]]*)\]|([^:[\]]*)):([^:[\]]*)$/u.exec(entry) ?? []
  return [bracketed ?? plain ?? entry, port]
}

/** Without the leading zeros that apimachinery passes over. */
function decimal(range: string): string {
  return range.replaceAll(/(?<![0-9a-f])0+(?=[0-9a-f])/giu, '')
}
