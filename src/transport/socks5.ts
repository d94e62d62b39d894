import type { Duplex } from 'node:stream'

import type { DialTo } from './dial.ts'
import { readIp } from './ip-address.ts'
import { hostAndPort, proxyName, type OutboundProxy } from './outbound-proxy.ts'
import { refusedError, tunnelError } from './proxy-error.ts'
import { EarlyEnd, readExactly } from './read-exactly.ts'

const socksVersion = 5
const loginVersion = 1
const method = { none: 0, login: 2, refused: 255 } as const
const connectCommand = 1
const addressKind = { ipv4: 1, name: 3, ipv6: 4 } as const

// RFC 1928, section 6, in Go's words.
const replies = [
  'succeeded',
  'general SOCKS server failure',
  'connection not allowed by ruleset',
  'network unreachable',
  'host unreachable',
  'connection refused',
  'TTL expired',
  'command not supported',
  'address type not supported',
]

const refusedByServer = 5

/**
 * Asks a SOCKS 5 proxy for a tunnel (RFC 1928), with user name and password where it wants them
 * (RFC 1929). Names are looked up by the proxy.
 *
 * @throws {@link KubecredError} `ERR_CONNECTION`, in Go's words.
 */
export async function socks5Connect(
  stream: Duplex,
  proxy: OutboundProxy,
  to: DialTo,
): Promise<void> {
  const way = `${hostAndPort(proxy.host, proxy.port)}->${hostAndPort(to.host, to.port)}`
  const fail = (what: string, hint?: string): never => {
    throw tunnelError(proxy, `socks connect tcp ${way}: ${what}`, hint)
  }
  try {
    await authenticate(stream, proxy, fail)
    const port = [to.port >> 8, to.port & 255]
    stream.write(
      Buffer.from([socksVersion, connectCommand, 0, ...addressOf(to.host, fail), ...port]),
    )
    const [version, reply = 0] = await readExactly(stream, replyLength, 262)
    if (version !== socksVersion) fail(`unexpected protocol version ${version}`, notSocks(proxy))
    if (reply === refusedByServer) throw refusedError(proxy, to)
    if (reply !== 0) fail(`unknown error ${replies[reply] ?? `unknown code: ${reply}`}`)
  } catch (error) {
    if (error instanceof EarlyEnd)
      fail(error.message, `the proxy ${proxyName(proxy)} closed the connection`)
    throw error
  }
}

type Fail = (what: string, hint?: string) => never

async function authenticate(stream: Duplex, proxy: OutboundProxy, fail: Fail): Promise<void> {
  const { login } = proxy
  const methods = login === undefined ? [method.none] : [method.none, method.login]
  stream.write(Buffer.from([socksVersion, methods.length, ...methods]))
  const [version, chosen = method.refused] = await readExactly(stream, () => 2, 2)
  if (version !== socksVersion) fail(`unexpected protocol version ${version}`, notSocks(proxy))
  if (chosen === method.none) return
  if (chosen === method.refused) {
    const hint = `the proxy ${proxyName(proxy)} wants a login: socks5://USER:PASSWORD@HOST:PORT`
    fail('no acceptable authentication methods', login === undefined ? hint : undefined)
  }
  if (chosen !== method.login || login === undefined) {
    return fail(`unsupported authentication method ${chosen}`)
  }
  const username = Buffer.from(login.username.reveal(), 'latin1')
  const password = Buffer.from(login.password.reveal(), 'latin1')
  if (username.length === 0 || username.length > 255 || password.length > 255) {
    fail('invalid username/password', 'each may have up to 255 bytes, and the name at least one')
  }
  const lengths = { username: [username.length], password: [password.length] }
  stream.write(
    Buffer.from([loginVersion, ...lengths.username, ...username, ...lengths.password, ...password]),
  )
  const [answer, status] = await readExactly(stream, () => 2, 2)
  if (answer !== loginVersion) fail('invalid username/password version')
  if (status !== 0) fail('username/password authentication failed')
}

function addressOf(host: string, fail: Fail): readonly number[] {
  const ip = readIp(host)
  if (ip !== undefined) return [ip.length === 4 ? addressKind.ipv4 : addressKind.ipv6, ...ip]
  const name = Buffer.from(host)
  if (name.length > 255) fail('FQDN too long')
  return [addressKind.name, name.length, ...name]
}

/** Version, reply, a zero, kind of address, address, port; how long the address is its kind tells. */
function replyLength(received: Buffer): number | undefined {
  const [version, reply, , kind, first] = received
  // The rest of a refusal says nothing more, and not every proxy sends it.
  if ((version ?? socksVersion) !== socksVersion || (reply ?? 0) !== 0) return received.length
  if (kind === undefined || first === undefined) return undefined
  if (kind === addressKind.ipv4) return 10
  if (kind === addressKind.ipv6) return 22
  return kind === addressKind.name ? 7 + first : received.length
}

function notSocks(proxy: OutboundProxy): string {
  return `does ${proxyName(proxy)} speak SOCKS 5? An HTTP proxy's URL begins with http://`
}
