import type { Secret } from '../credential/secret.ts'

/** A proxy that stands between this machine and the server. */
export interface OutboundProxy {
  /** How it is spoken to: HTTP, HTTP over TLS, SOCKS 5. */
  readonly protocol: 'http' | 'https' | 'socks5'
  /** Name or address, IPv6 without brackets. */
  readonly host: string
  readonly port: number
  /** Undefined where it asks for none. */
  readonly login: { readonly username: Secret; readonly password: Secret } | undefined
}

/** The proxy as messages name it: without its login. */
export function proxyName({ protocol, host, port }: OutboundProxy): string {
  return `${protocol}://${hostAndPort(host, port)}`
}

/** Host and port as they stand in a URL. */
export function hostAndPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/** The value of `Proxy-Authorization`, for proxies that are spoken to in HTTP. */
export function basicLogin({ login }: OutboundProxy): string | undefined {
  if (login === undefined) return undefined
  const pair = `${login.username.reveal()}:${login.password.reveal()}`
  return `Basic ${Buffer.from(pair, 'latin1').toString('base64')}`
}
