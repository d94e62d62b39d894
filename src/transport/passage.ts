import { dialWithin, type BoundDial, type Dial } from './dial.ts'
import { basicLogin, hostAndPort, proxyName, type OutboundProxy } from './outbound-proxy.ts'
import { isSecure, type ServerTarget } from './server.ts'
import type { StackSettings } from './stack-options.ts'

/** How the connections to a server come about. */
export interface Passage {
  /** Opens the byte stream under a connection. Undefined for TCP, which each stack has itself. */
  readonly dial: BoundDial | undefined
  /** As {@link dial}, for connections that are upgraded. */
  readonly dialForUpgrade: BoundDial | undefined
  /** Set where {@link dial} leads to a proxy only, which each request tells where it leads. */
  readonly forward: Forward | undefined
}

/** What goes with each request to a proxy that forwards it. */
export interface Forward {
  /** Begins the request's target, which is a whole URL. */
  readonly origin: string
  /** Names and values in turn; more than the others' headers, for the proxy alone. */
  readonly headers: readonly string[]
}

/**
 * The passage to a server: the caller's own function, else the server's proxy, else none.
 *
 * Without TLS to the server, an HTTP proxy gets the requests themselves, as HTTP has it and Go does
 * it; upgrades are tunnelled all the same.
 */
export function passageTo(
  server: ServerTarget,
  settings: Pick<StackSettings, 'connect' | 'connectTimeoutMs' | 'clock'>,
): Passage {
  const { proxy } = server
  if (settings.connect !== undefined || proxy === undefined) {
    const dial =
      settings.connect && bound(settings.connect, 'the connect function gave no stream', settings)
    return { dial, dialForUpgrade: dial, forward: undefined }
  }
  const late = `Unable to connect to the server: the proxy ${proxyName(proxy)} opened no tunnel`
  const tunnel = bound(proxyDial(proxy, server, 'openTunnel'), late, settings)
  if (isSecure(server) || proxy.protocol === 'socks5') {
    return { dial: tunnel, dialForUpgrade: tunnel, forward: undefined }
  }
  const login = basicLogin(proxy)
  return {
    dial: bound(proxyDial(proxy, server, 'openForward'), late, settings),
    dialForUpgrade: tunnel,
    forward: {
      origin: new URL(server.url).origin,
      headers: login === undefined ? [] : ['Proxy-Authorization', login],
    },
  }
}

function proxyDial(
  proxy: OutboundProxy,
  server: ServerTarget,
  how: 'openTunnel' | 'openForward',
): Dial {
  return async (target) => {
    // Loaded when there is a proxy to pass.
    const tunnels = await import('./tunnel.ts')
    return await tunnels[how](proxy, server, target)
  }
}

function bound(
  dial: Dial,
  what: string,
  { connectTimeoutMs: timeoutMs, clock }: Pick<StackSettings, 'connectTimeoutMs' | 'clock'>,
): BoundDial {
  return ({ host: written, port }, closing) => {
    const host = written.replace(/^\[|\]$/gu, '')
    const late = `${what} to ${hostAndPort(host, port)}`
    return dialWithin(dial, { host, port }, { timeoutMs, clock, closing, late })
  }
}
