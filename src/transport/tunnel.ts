import net from 'node:net'
import type { Duplex } from 'node:stream'
import tls from 'node:tls'

import { asError, KubecredError, systemCodeOf } from '../errors/kubecred-error.ts'
import { machineAuthorities } from './authorities.ts'
import type { DialTarget } from './dial.ts'
import { httpConnect } from './http-connect.ts'
import { probeAfterMs } from './keep-alive.ts'
import { proxyName, type OutboundProxy } from './outbound-proxy.ts'
import { tunnelError, unreachableProxy } from './proxy-error.ts'
import { EarlyEnd, TooLong } from './read-exactly.ts'
import type { ServerTarget } from './server.ts'
import { socks5Connect } from './socks5.ts'
import { serverNameOf } from './tls.ts'

/** What decides whether the certificate of an https proxy is believed. */
export type ProxyTrust = Pick<ServerTarget, 'certificateAuthorityPem' | 'insecureSkipTlsVerify'>

/**
 * Opens a tunnel through a proxy: a byte stream to the target that TLS can run over.
 *
 * @throws {@link KubecredError} `ERR_CONNECTION`; the reason of the target's signal.
 */
export async function openTunnel(
  proxy: OutboundProxy,
  trust: ProxyTrust,
  target: DialTarget,
): Promise<Duplex> {
  return await withProxy(proxy, trust, target.signal, async (stream) => {
    const ask = proxy.protocol === 'socks5' ? socks5Connect : httpConnect
    await ask(stream, proxy, target)
  })
}

/**
 * Opens a connection to a proxy that is then told with each request where it leads.
 *
 * @throws {@link KubecredError} `ERR_CONNECTION`; the reason of the signal.
 */
export async function openForward(
  proxy: OutboundProxy,
  trust: ProxyTrust,
  { signal }: DialTarget,
): Promise<Duplex> {
  return await withProxy(proxy, trust, signal, () => Promise.resolve())
}

async function withProxy(
  proxy: OutboundProxy,
  trust: ProxyTrust,
  signal: AbortSignal,
  ask: (stream: Duplex) => Promise<void>,
): Promise<Duplex> {
  signal.throwIfAborted()
  const stream = begin(proxy, trust)
  // Whoever gets the stream listens only later; an error without a listener would end the process.
  stream.on('error', () => undefined)
  const onAbort = (): void => {
    stream.destroy(asError(signal.reason))
  }
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    await connected(stream, proxy)
    await ask(stream)
    return stream
  } catch (error) {
    stream.destroy()
    signal.throwIfAborted()
    throw brokenOff(error, proxy)
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

function begin(proxy: OutboundProxy, trust: ProxyTrust): net.Socket {
  const { protocol, host, port } = proxy
  const to = { host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: probeAfterMs }
  try {
    if (protocol !== 'https') return net.connect(to)
    // Never with the client certificate: it is for the server.
    return tls.connect({
      ...to,
      servername: serverNameOf(host),
      secureContext: contextFor(trust),
      rejectUnauthorized: !trust.insecureSkipTlsVerify,
    })
  } catch (error) {
    throw unreachableProxy(proxy, error)
  }
}

// Reading all authorities of a machine takes longer than a handshake.
const contexts = new WeakMap<ProxyTrust, KnownContext>()

interface KnownContext {
  readonly authorityPem: string | undefined
  readonly context: tls.SecureContext
}

/** Trusts the authorities of the machine, and that of the cluster, as client-go does for proxies. */
function contextFor(trust: ProxyTrust): tls.SecureContext {
  const { certificateAuthorityPem: own } = trust
  const known = contexts.get(trust)
  if (known?.authorityPem === own && known !== undefined) return known.context
  const ca = [...machineAuthorities(), ...(own === undefined ? [] : [own])]
  const context = tls.createSecureContext({ minVersion: 'TLSv1.2', ca })
  contexts.set(trust, { authorityPem: own, context })
  return context
}

async function connected(stream: net.Socket, proxy: OutboundProxy): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const onClose = (): void => {
    reject(new EarlyEnd('closed'))
  }
  stream.once(stream instanceof tls.TLSSocket ? 'secureConnect' : 'connect', resolve)
  stream.once('error', reject).once('close', onClose)
  try {
    await promise
  } catch (error) {
    throw unreachableProxy(proxy, error)
  } finally {
    stream.off('error', reject).off('close', onClose)
  }
}

/** The error of a connection that broke, or was broken off, before the tunnel stood. */
function brokenOff(error: unknown, proxy: OutboundProxy): unknown {
  const hint = `the proxy ${proxyName(proxy)} opened no tunnel`
  if (error instanceof EarlyEnd) return tunnelError(proxy, 'unexpected EOF', hint)
  if (error instanceof TooLong)
    return tunnelError(proxy, 'the answer of the proxy has no end', hint)
  if (error instanceof KubecredError || systemCodeOf(error) === undefined) return error
  return tunnelError(proxy, 'connection reset by peer', hint)
}
