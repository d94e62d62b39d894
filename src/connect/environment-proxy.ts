import { KubecredError } from '../errors/kubecred-error.ts'
import type { Environment } from '../host/host.ts'
import { readProxyUrl, type ProxyUrl } from '../kubeconfig/proxy-url.ts'
import { goesDirect, isInListedRange } from './no-proxy.ts'

/**
 * The proxy that the environment has for a server, as Go's `http.ProxyFromEnvironment`: HTTPS_PROXY
 * or HTTP_PROXY by the scheme of the server, none for this machine and for what NO_PROXY lists. Names
 * in capitals come first; a value that Go cannot parse counts as none.
 *
 * @throws {@link KubecredError} `ERR_TRANSPORT_CONFIG` for HTTP_PROXY in a CGI program, where a
 *   client's `Proxy` header sets it.
 */
export function environmentProxy(serverUrl: string, env: Environment): ProxyUrl | undefined {
  const server = new URL(serverUrl)
  const isSecure = server.protocol === 'https:'
  const proxy = readValue(firstOf(env, isSecure ? variables.https : variables.http))
  if (proxy === undefined) return undefined
  const noProxy = firstOf(env, ['NO_PROXY', 'no_proxy'])
  if (isInListedRange(server, noProxy)) return undefined
  if (!isSecure && firstOf(env, ['REQUEST_METHOD']) !== '') throw cgiError()
  return goesDirect(server, noProxy) ? undefined : proxy
}

const variables = {
  https: ['HTTPS_PROXY', 'https_proxy'],
  http: ['HTTP_PROXY', 'http_proxy'],
} as const

function firstOf(env: Environment, names: readonly string[]): string {
  return names.map((name) => env[name]).find((value) => value) ?? ''
}

/** A host and port alone count as http. */
function readValue(value: string): ProxyUrl | undefined {
  if (value === '') return undefined
  const url = readProxyUrl(value)
  // A port alone is an address to Go; a proxy without a host is refused later.
  if (url !== undefined && url.scheme !== '' && url.host + url.port !== '') return url
  return readProxyUrl(`http://${value}`) ?? url
}

function cgiError(): KubecredError {
  return new KubecredError(
    'ERR_TRANSPORT_CONFIG',
    'refusing to use HTTP_PROXY value in CGI environment; see golang.org/s/cgihttpproxy',
    { hint: 'set proxy-url in the kubeconfig, or leave REQUEST_METHOD unset' },
  )
}
