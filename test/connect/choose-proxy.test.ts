import { expect, test } from 'vitest'

import { chooseProxy } from '../../src/connect/choose-proxy.ts'
import { difference } from '../differences.ts'

const url = 'https://api.example.com:6443'

test('the proxy of the kubeconfig comes before that of the environment, whatever NO_PROXY says', async () => {
  const env = { HTTPS_PROXY: 'http://environment:1', NO_PROXY: '*' }
  expect(await chooseProxy({ proxyUrl: 'http://configured:2', url }, env)).toEqual({
    protocol: 'http',
    host: 'configured',
    port: 2,
    login: undefined,
  })
  expect(await chooseProxy({ proxyUrl: '', url }, env)).toBeUndefined()
})

test.each([
  ['http://h', 'http', 80],
  ['https://h', 'https', 443],
  ['socks5://h', 'socks5', 1080],
  ['socks5h://h', 'socks5', 1080],
  ['h', 'http', 80],
  ['socks4://h:1', 'http', 1],
])('HTTPS_PROXY=%s is a proxy of %s at port %d', async (value, protocol, port) => {
  const proxy = await chooseProxy({ proxyUrl: '', url }, { https_proxy: value })
  expect(proxy).toMatchObject({ protocol, host: 'h', port })
})

test('user name and password are decoded, byte by byte', async () => {
  const proxyUrl = 'socks5://a%3Ab:p%C3%A9%FF%2F@h'
  const { login } = (await chooseProxy({ proxyUrl, url }, {})) ?? {}
  expect([login?.username.reveal(), login?.password.reveal()]).toEqual(['a:b', 'pÃ©ÿ/'])
})

test.each([
  ['/h', 'HTTPS_PROXY', 'names no host'],
  ['ftp://h', 'HTTPS_PROXY', 'names no port'],
])('%s in the environment, is refused', async (value, name, what) => {
  difference('proxy-without-host')
  await expect(chooseProxy({ proxyUrl: '', url }, { HTTPS_PROXY: value })).rejects.toMatchObject({
    code: 'ERR_TRANSPORT_CONFIG',
    message: `the proxy of ${name} ${what}`,
  })
})

test('a value that Go cannot parse, counts as none', async () => {
  expect(await chooseProxy({ proxyUrl: '', url }, { HTTPS_PROXY: '%zz' })).toBeUndefined()
})
