import type { SocketReader } from './socket-reader.ts'

/** What a client asked a proxy for. */
export interface Asked {
  readonly host: string
  readonly port: number
  /** Request line of HTTP, or kind of address of SOCKS. */
  readonly how: string
  /** `user:password`, bytes as characters; undefined when the client showed none. */
  readonly login: string | undefined
  /** What is passed on to the server before anything else. */
  readonly forwarded: Buffer
  /** How the client is told that it has what it wants. */
  readonly granted: Buffer
  readonly clientCertificate?: boolean
}

interface Terms {
  readonly login: { readonly username: string; readonly password: string } | undefined
  readonly refusal: string | number | undefined
}

type Say = (bytes: Buffer | string) => Promise<void>

const nothing = Buffer.alloc(0)

/** Hears a request of HTTP; undefined when it was refused. */
export async function asksHttp(
  reader: SocketReader,
  say: Say,
  { login, refusal }: Terms,
): Promise<Asked | undefined> {
  const head = (await reader.takeThrough('\r\n\r\n')).toString('latin1')
  const [how = '', method = '', target = ''] = /^(\S+) (\S+) HTTP\/1\.1/u.exec(head) ?? []
  const basic = /^proxy-authorization: basic (\S+)/imu.exec(head)?.[1]
  const shown = basic === undefined ? undefined : Buffer.from(basic, 'base64').toString('latin1')
  if (login !== undefined && shown !== `${login.username}:${login.password}`) {
    await say('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n')
    return undefined
  }
  if (refusal !== undefined) {
    await say(`${refusal}\r\nContent-Length: 4\r\n\r\nsee?`)
    return undefined
  }
  const isTunnel = method === 'CONNECT'
  const { hostname, port } = new URL(isTunnel ? `http://${target}` : target)
  return {
    host: hostname,
    port: Number(port || 80),
    how,
    login: shown,
    forwarded: isTunnel ? nothing : Buffer.from(head, 'latin1'),
    granted: isTunnel
      ? Buffer.from('HTTP/1.1 200 Connection established\r\nVia: fake\r\n\r\n')
      : nothing,
  }
}

/** Hears a request of SOCKS 5; undefined when it was refused. */
export async function asksSocks5(
  reader: SocketReader,
  say: Say,
  { login, refusal }: Terms,
): Promise<Asked | undefined> {
  const [, count = 0] = await reader.take(2)
  const offered = await reader.take(count)
  const wanted = login === undefined ? 0 : 2
  if (!offered.includes(wanted)) {
    await say(Buffer.from([5, 255]))
    return undefined
  }
  await say(Buffer.from([5, wanted]))
  const shown = wanted === 2 ? await hearLogin(reader) : undefined
  if (login !== undefined) {
    const fits = shown === `${login.username}:${login.password}`
    await say(Buffer.from([1, fits ? 0 : 1]))
    if (!fits) return undefined
  }
  const [, , , kind = 0] = await reader.take(4)
  const host = await hearAddress(reader, kind)
  const port = (await reader.take(2)).readUInt16BE()
  if (typeof refusal === 'number') {
    await say(Buffer.from([5, refusal, 0, 1, 0, 0, 0, 0, 0, 0]))
    return undefined
  }
  const bound = Buffer.from('proxy.example')
  const granted = Buffer.from([5, 0, 0, 3, bound.length, ...bound, 1, 2])
  return { host, port, how: `kind ${kind}`, login: shown, forwarded: nothing, granted }
}

async function hearLogin(reader: SocketReader): Promise<string> {
  const text = async (): Promise<string> => {
    const [length = 0] = await reader.take(1)
    return (await reader.take(length)).toString('latin1')
  }
  await reader.take(1)
  return `${await text()}:${await text()}`
}

async function hearAddress(reader: SocketReader, kind: number): Promise<string> {
  if (kind === 1) return (await reader.take(4)).join('.')
  if (kind === 4) return (await reader.take(16)).toString('hex')
  const [length = 0] = await reader.take(1)
  return (await reader.take(length)).toString()
}
