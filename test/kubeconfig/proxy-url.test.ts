import { expect, test } from 'vitest'

import { readProxyUrl } from '../../src/kubeconfig/proxy-url.ts'

test('a URL is taken apart, with its login decoded and kept from view', () => {
  const url = readProxyUrl('HTTP://ann:p%40ss@[2001:db8::1]:3128/path?query#fragment')
  expect(url).toMatchObject({ scheme: 'http', host: '2001:db8::1', port: '3128' })
  expect(url?.login?.password.reveal()).toBe('p@ss')
  expect(JSON.stringify(url)).not.toMatch(/ann|p@ss/u)
})

test.each([
  ['http://ann@h', 'ann', ''],
  ['http://@h', '', ''],
  ['http://ann:a:b@h', 'ann', 'a:b'],
  ['http://a@b:c@h', 'a@b', 'c'],
])('of %s the user is %j and the password %j', (text, username, password) => {
  const { login } = readProxyUrl(text) ?? {}
  expect([login?.username.reveal(), login?.password.reveal()]).toEqual([username, password])
})

test.each([
  '',
  '10.0.0.1:80',
  'http://h:x',
  'http://a b',
  'http://[::1',
  'http://[10.0.0.1]',
  'http://ann:p w@h',
  'http://ann:%zz@h',
  'http://h/%zz',
  'http://h\n',
])('%j cannot be parsed', (text) => {
  expect(readProxyUrl(text)).toBeUndefined()
})

test.each(['http://', 'http:///x', 'http:h', '/h', '///h'])('%j names no host', (text) => {
  expect(readProxyUrl(text)?.host).toBe('')
})
