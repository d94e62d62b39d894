import net, { type AddressInfo, type Socket } from 'node:net'
import tls from 'node:tls'

import { Secret } from '../../src/credential/secret.ts'
import type { OutboundProxy } from '../../src/transport/outbound-proxy.ts'
import { asksHttp, asksSocks5, type Asked } from './proxy-speech.ts'
import { SocketReader } from './socket-reader.ts'

/** What a proxy that is out of order does with a client. */
export type Misbehaviour =
  /** Says nothing. */
  | 'hangs'
  /** Closes as soon as it is spoken to. */
  | 'closes'
  /** Closes in the middle of its answer. */
  | 'closes halfway'
  /** Resets the connection when it is spoken to. */
  | 'resets'
  /** Answers with something else. */
  | 'babbles'
  /** Begins an answer that never ends. */
  | 'never ends'
  /** Opens the tunnel, and resets it at the first byte. */
  | 'resets the tunnel'

export interface FakeProxyOptions {
  readonly protocol?: OutboundProxy['protocol']
  /** Where it listens. Default: 127.0.0.1. */
  readonly address?: string
  /** What a client must show, as bytes. Default: nothing is asked for. */
  readonly login?: { readonly username: string; readonly password: string }
  /** Certificate and key, PEM, of one with `protocol: 'https'`. */
  readonly identity?: { readonly certificatePem: string; readonly privateKeyPem: string }
  /** Where a tunnel really leads. Default: to the same port on 127.0.0.1. */
  readonly route?: (host: string, port: number) => { readonly host: string; readonly port: number }
  /** Status line of HTTP, or reply code of SOCKS, instead of a tunnel. */
  readonly refusal?: string | number
  readonly misbehaviour?: Misbehaviour
  /** Whether each byte of an answer is sent alone. */
  readonly bytewise?: boolean
  /** Sent right behind the answer, as the first bytes of the tunnel. */
  readonly firstBytes?: string
}

/** A proxy on this machine that writes down what it is asked for. */
export class FakeProxy implements AsyncDisposable {
  readonly #options: FakeProxyOptions
  readonly #server: net.Server
  readonly #sockets = new Set<Socket>()
  /** What clients asked for, in order. */
  readonly asked: Asked[] = []
  /** All that clients said before their tunnel stood. */
  heard = ''
  port = 0

  private constructor(options: FakeProxyOptions) {
    this.#options = options
    const { certificatePem: cert, privateKeyPem: key } = options.identity ?? {}
    const serve = (socket: Socket): void => void this.#serve(socket).catch(() => socket.destroy())
    this.#server =
      options.protocol === 'https'
        ? tls.createServer({
            requestCert: true,
            rejectUnauthorized: false,
            cert,
            key,
          })
        : net.createServer({ allowHalfOpen: true, noDelay: true }, serve)
    this.#server.on('secureConnection', serve)
    this.#server.on('connection', (socket: Socket) => this.#keep(socket))
    this.#server.on('tlsClientError', (_error, socket: Socket) => socket.destroy())
  }

  static async start(options: FakeProxyOptions = {}): Promise<FakeProxy> {
    const proxy = new FakeProxy(options)
    const server = proxy.#server
    await new Promise<void>((resolve) => server.listen(0, options.address ?? '127.0.0.1', resolve))
    // A server that listens on TCP has such an address.
    proxy.port = (server.address() as AddressInfo).port
    return proxy
  }

  /** Connections of clients and to servers that are open. */
  get open(): number {
    return this.#sockets.size
  }

  /** The proxy as a transport knows it. */
  target(login: FakeProxyOptions['login'] = this.#options.login): OutboundProxy {
    return {
      protocol: this.#options.protocol ?? 'http',
      host: this.#options.address ?? '127.0.0.1',
      port: this.port,
      login: login && {
        username: new Secret(login.username),
        password: new Secret(login.password),
      },
    }
  }

  /** The proxy as a kubeconfig names it; `login` stands before the host, as it is. */
  url(login = ''): string {
    const { protocol = 'http', address = '127.0.0.1' } = this.#options
    return `${protocol}://${login}${address}:${this.port}`
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('error', () => undefined).once('close', () => this.#sockets.delete(socket))
  }

  async #serve(socket: Socket): Promise<void> {
    socket.on('error', () => undefined)
    const reader = new SocketReader(socket, (bytes) => (this.heard += bytes.toString('latin1')))
    const say = (bytes: Buffer | string): Promise<void> => this.#say(socket, Buffer.from(bytes))
    if (await this.#misbehaves(socket, reader)) return
    const { protocol, login, refusal } = this.#options
    const asks = protocol === 'socks5' ? asksSocks5 : asksHttp
    const asked = await asks(reader, say, { login, refusal })
    if (asked === undefined) {
      socket.end()
      return
    }
    this.asked.push({
      ...asked,
      // Empty when a client has none to show.
      clientCertificate: socket instanceof tls.TLSSocket && 'raw' in socket.getPeerCertificate(),
    })
    await this.#tunnel(socket, reader, asked, say)
  }

  async #tunnel(
    socket: Socket,
    reader: SocketReader,
    { host, port, forwarded, granted }: Asked,
    say: (bytes: Buffer | string) => Promise<void>,
  ): Promise<void> {
    const { route, firstBytes = '', misbehaviour } = this.#options
    const to = route?.(host, port) ?? { host: '127.0.0.1', port }
    const upstream = net.connect({ ...to, allowHalfOpen: true, noDelay: true })
    this.#keep(upstream)
    await new Promise((resolve) => upstream.once('connect', resolve))
    await say(Buffer.concat([granted, Buffer.from(firstBytes)]))
    if (misbehaviour === 'resets the tunnel') {
      await reader.atLeast(1)
      reset(socket)
      upstream.destroy()
      return
    }
    upstream.write(Buffer.concat([forwarded, reader.rest()]))
    socket.pipe(upstream).pipe(socket)
    socket.once('close', () => upstream.destroy())
    upstream.once('close', () => socket.destroySoon())
  }

  async #misbehaves(socket: Socket, reader: SocketReader): Promise<boolean> {
    const how = this.#options.misbehaviour
    if (how === undefined || how === 'resets the tunnel') return false
    await reader.atLeast(1)
    socket.once('end', () => socket.destroy())
    const isSocks = this.#options.protocol === 'socks5'
    if (how === 'closes') socket.end()
    else if (how === 'closes halfway') socket.end(isSocks ? '\u0005' : 'HTTP/1.1 200 Conn')
    else if (how === 'resets') reset(socket)
    else if (how === 'babbles') socket.write('220 mail.example ESMTP\r\n')
    else if (how === 'never ends') socket.write(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(100_000)}`)
    return true
  }

  async #say(socket: Socket, bytes: Buffer): Promise<void> {
    if (this.#options.bytewise !== true) {
      socket.write(bytes)
      return
    }
    for (const byte of bytes) {
      socket.write(Uint8Array.of(byte))
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
}

function reset(socket: Socket): void {
  // Of a connection with TLS, Node resets nothing below it.
  if (socket instanceof tls.TLSSocket) socket.destroy()
  else socket.resetAndDestroy()
}
