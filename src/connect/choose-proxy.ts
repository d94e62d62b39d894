import { KubecredError } from '../errors/kubecred-error.ts'
import type { Environment } from '../host/host.ts'
import type { ServerConfig } from '../kubeconfig/connection-config.ts'
import { readProxyUrl, type ProxyUrl } from '../kubeconfig/proxy-url.ts'
import type { OutboundProxy } from '../transport/outbound-proxy.ts'

/**
 * The proxy on the way to a server: that of the kubeconfig, which NO_PROXY does not concern, else that
 * of the environment.
 *
 * @throws {@link KubecredError} `ERR_TRANSPORT_CONFIG` for one that names no host, or no port where
 *   its scheme has none of its own.
 */
export async function chooseProxy(
  { proxyUrl, url }: Pick<ServerConfig, 'proxyUrl' | 'url'>,
  env: Environment,
): Promise<OutboundProxy | undefined> {
  if (proxyUrl !== '') {
    const proxy = readProxyUrl(proxyUrl)
    if (proxy === undefined) throw unusable('proxy-url', 'cannot be parsed')
    return usable(proxy, 'proxy-url')
  }
  if (!variables.some((name) => env[name])) return undefined
  // Loaded where there is a variable to look at.
  const { environmentProxy } = await import('./environment-proxy.ts')
  const proxy = environmentProxy(url, env)
  return proxy && usable(proxy, url.startsWith('https:') ? 'HTTPS_PROXY' : 'HTTP_PROXY')
}

const variables = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy']

const protocols = { http: 'http', https: 'https', socks5: 'socks5', socks5h: 'socks5' } as const

const ports: Readonly<Record<string, string>> = {
  http: '80',
  https: '443',
  socks5: '1080',
  socks5h: '1080',
}

function usable({ scheme, host, port, login }: ProxyUrl, from: string): OutboundProxy {
  const number = Number(port || ports[scheme] || Number.NaN)
  if (host === '') throw unusable(from, 'names no host')
  if (Number.isNaN(number)) throw unusable(from, 'names no port')
  // Go speaks HTTP to proxies of any other scheme.
  const protocol = isKnown(scheme) ? protocols[scheme] : 'http'
  return { protocol, host, port: number, login }
}

function isKnown(scheme: string): scheme is keyof typeof protocols {
  return Object.hasOwn(protocols, scheme)
}

function unusable(from: string, what: string): KubecredError {
  return new KubecredError('ERR_TRANSPORT_CONFIG', `the proxy of ${from} ${what}`, {
    hint: 'write it as http://HOST:PORT, https://HOST:PORT or socks5://HOST:PORT',
  })
}
