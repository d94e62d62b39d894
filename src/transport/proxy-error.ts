import { KubecredError, systemCodeOf } from '../errors/kubecred-error.ts'
import { connectionError } from './connection-error.ts'
import type { DialTo } from './dial.ts'
import { hostAndPort, proxyName, type OutboundProxy } from './outbound-proxy.ts'

const unable = 'Unable to connect to the server:'

/** The proxy did not do what it was asked to; `what` is what went wrong, in Go's words. */
export function tunnelError(proxy: OutboundProxy, what: string, hint?: string): KubecredError {
  return new KubecredError('ERR_CONNECTION', `${unable} ${what}`, {
    hint: hint ?? `this came from the proxy ${proxyName(proxy)}, not from the server`,
  })
}

/** The proxy met nothing where the server should be: the one failure that is not its own. */
export function refusedError(proxy: OutboundProxy, { host, port }: DialTo): KubecredError {
  return new KubecredError(
    'ERR_CONNECTION',
    `The connection to the server ${hostAndPort(host, port)} was refused - did you specify the right host or port?`,
    { hint: `nothing listens there, says the proxy ${proxyName(proxy)}` },
  )
}

/** The proxy could not be reached. */
export function unreachableProxy(proxy: OutboundProxy, cause: unknown): KubecredError {
  const address = hostAndPort(proxy.host, proxy.port)
  const code = systemCodeOf(cause) ?? ''
  const words = dialWords.find(({ codes }) => codes.includes(code))?.words(proxy.host, address)
  const what = words === undefined ? whatOf(cause, address) : `dial tcp${words}`
  return new KubecredError('ERR_CONNECTION', `${unable} proxyconnect tcp: ${what}`, {
    cause,
    hint: what.startsWith('tls:')
      ? "the proxy's certificate must come from an authority of this machine or of the cluster"
      : `check the proxy ${proxyName(proxy)}: proxy-url in the kubeconfig, or HTTPS_PROXY`,
  })
}

const dialWords = [
  {
    codes: ['ECONNREFUSED'],
    words: (_host: string, address: string) => ` ${address}: connect: connection refused`,
  },
  {
    codes: ['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA', 'EAI_NONAME'],
    words: (host: string) => `: lookup ${host}: no such host`,
  },
  {
    codes: ['ERR_SOCKET_BAD_PORT'],
    words: (_host: string, address: string) =>
      `: address ${address.slice(address.lastIndexOf(':') + 1)}: invalid port`,
  },
]

/** What is said of a server in the same case, said of the proxy. */
function whatOf(cause: unknown, address: string): string {
  const error = connectionError(cause, 'https://proxy')
  const message = error instanceof Error ? error.message : String(error)
  return message.replace(`${unable} `, '').replaceAll('proxy', address)
}
