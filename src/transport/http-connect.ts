import type { Duplex } from 'node:stream'

import { version } from '../host/version.ts'
import type { DialTo } from './dial.ts'
import { basicLogin, hostAndPort, proxyName, type OutboundProxy } from './outbound-proxy.ts'
import { tunnelError } from './proxy-error.ts'
import { readExactly } from './read-exactly.ts'

// As much as Node takes of a response's head.
const largestHead = 16 * 1024

/**
 * Asks an HTTP proxy for a tunnel with CONNECT. The request holds nothing but the address of the
 * server and the proxy's own login.
 *
 * @throws {@link KubecredError} `ERR_CONNECTION` with the proxy's own words, as Go has them.
 */
export async function httpConnect(
  stream: Duplex,
  proxy: OutboundProxy,
  { host, port }: DialTo,
): Promise<void> {
  const server = hostAndPort(host, port)
  const login = basicLogin(proxy)
  const lines = [`CONNECT ${server} HTTP/1.1`, `Host: ${server}`, `User-Agent: kubecred/${version}`]
  if (login !== undefined) lines.push(`Proxy-Authorization: ${login}`)
  stream.write(`${lines.join('\r\n')}\r\n\r\n`)
  const head = (await readExactly(stream, headLength, largestHead)).toString('latin1')
  const line = head.slice(0, head.indexOf('\n')).trimEnd()
  const fault = statusLineFault(line)
  if (fault !== undefined) throw tunnelError(proxy, fault, notHttp(proxy))
  const [, status = '', ...reason] = line.split(' ')
  if (status === '200') return
  throw tunnelError(proxy, wordsOf(reason.join(' '), status, proxy), hintFor(status, proxy))
}

/** Up to the empty line; Go takes line ends without a carriage return, too. */
function headLength(received: Buffer): number | undefined {
  const text = received.toString('latin1')
  const lineEnd = text.indexOf('\n')
  if (lineEnd === -1) return undefined
  // What is no response may never come to an empty line.
  if (statusLineFault(text.slice(0, lineEnd).trimEnd()) !== undefined) return received.length
  const end = /\n\r?\n/u.exec(text)
  return end === null ? undefined : end.index + end[0].length
}

/** What is wrong with a status line, in Go's words. */
function statusLineFault(line: string): string | undefined {
  const [protocol = '', status] = line.split(' ')
  if (status === undefined) return 'malformed HTTP response'
  if (!/^\d{3}$/u.test(status)) return 'malformed HTTP status code'
  return /^HTTP\/\d\.\d$/u.test(protocol) ? undefined : 'malformed HTTP version'
}

/** The proxy's own words, unless they are none or give back the login that it was shown. */
function wordsOf(reason: string, status: string, proxy: OutboundProxy): string {
  const words = reason.replaceAll(/[^\u0020-\u007E]/gu, '?').slice(0, 200)
  const secrets = [proxy.login?.password.reveal(), basicLogin(proxy)?.replace('Basic ', '')]
  const givesAway = secrets.some((secret) => secret && reason.includes(secret))
  return words === '' || givesAway ? `the proxy answered ${status}` : words
}

function hintFor(status: string, proxy: OutboundProxy): string {
  const name = proxyName(proxy)
  if (status !== '407') return `the proxy ${name} answered ${status}, and opened no tunnel`
  return proxy.login === undefined
    ? `the proxy ${name} wants a login: ${proxy.protocol}://USER:PASSWORD@HOST:PORT`
    : `the proxy ${name} did not take the user name and password of its URL`
}

function notHttp(proxy: OutboundProxy): string {
  return `does ${proxyName(proxy)} speak HTTP? A SOCKS proxy's URL begins with socks5://`
}
