import { expect, test } from 'vitest'

import { environmentProxy } from '../../src/connect/environment-proxy.ts'
import { KubecredError } from '../../src/errors/kubecred-error.ts'
import { environmentCases, proxyValues } from './environment-cases.ts'
import { noProxyCases, servers } from './no-proxy-cases.ts'

/** The proxy as the cases write it. */
function proxyFor(server: string, env: Readonly<Record<string, string>>): string {
  try {
    const proxy = environmentProxy(server, env)
    if (proxy === undefined) return ''
    const { scheme, host, port, login } = proxy
    const shown = login === undefined ? [] : [login.username.reveal(), login.password.reveal()]
    return [scheme, host, port, ...shown].join('|')
  } catch (error) {
    return error instanceof KubecredError ? 'error' : String(error)
  }
}

test.each(noProxyCases)('NO_PROXY=%j keeps the same servers direct as in Go', (noProxy, direct) => {
  const env = { HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: noProxy }
  const names = Object.keys(servers).filter((name) => proxyFor(servers[name] ?? '', env) === '')
  expect(names.join(' ')).toBe(direct)
})

test.each(proxyValues)('HTTPS_PROXY=%j is read as in Go', (value, proxy) => {
  expect(proxyFor('https://api.example.com:6443', { HTTPS_PROXY: value })).toBe(proxy)
})

test.each(environmentCases)('%j has the same proxy for %s as in Go', (env, server, proxy) => {
  expect(proxyFor(server, env)).toBe(proxy)
})

test.each(['http://:9100', 'http://u:p@:9100', 'socks5://:1'])(
  'HTTPS_PROXY=%j names no host, and its scheme is not taken for one',
  (value) => {
    const proxy = environmentProxy('https://api.example.com', { HTTPS_PROXY: value })
    expect(proxy).toMatchObject({ host: '' })
  },
)

test('HTTP_PROXY in a CGI program is refused in the words of Go, with a way out', () => {
  const env = { HTTP_PROXY: 'http://proxy:1', REQUEST_METHOD: 'GET' }
  expect(() => environmentProxy('http://api.example.com', env)).toThrow(
    expect.objectContaining({
      code: 'ERR_TRANSPORT_CONFIG',
      message: 'refusing to use HTTP_PROXY value in CGI environment; see golang.org/s/cgihttpproxy',
      hint: 'set proxy-url in the kubeconfig, or leave REQUEST_METHOD unset',
    }) as Error,
  )
})
