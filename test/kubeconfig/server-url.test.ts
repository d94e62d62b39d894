import { describe, expect, test } from 'vitest'

import { readServerAddress } from '../../src/kubeconfig/server-url.ts'

describe('a server address', () => {
  test.each([
    ['https://h:6443', 'https://h:6443', 'https://h:6443'],
    ['https://h:6443/', 'https://h:6443', 'https://h:6443/'],
    ['https://h/k8s/prod/', 'https://h/k8s/prod', 'https://h/k8s/prod/'],
    ['https://h/a?q=1#f', 'https://h/a', 'https://h/a'],
    ['https://h?q=1', 'https://h', 'https://h?q=1'],
    ['HTTPS://H', 'https://h', 'HTTPS://H'],
    ['http://h', 'http://h', 'http://h'],
    ['https://[::1]:6443', 'https://[::1]:6443', 'https://[::1]:6443'],
    ['localhost:8080', 'http://localhost:8080', 'localhost:8080'],
    ['127.0.0.1:6443/', 'http://127.0.0.1:6443', '127.0.0.1:6443/'],
    ['host', 'http://host', 'host'],
  ])('%s is the URL %s, and plugins are told %s', (server, url, address) => {
    expect(readServerAddress(server)).toEqual({ url, address, username: '', password: '' })
  })

  test('gives its user apart, decoded, and tells nobody else', () => {
    expect(readServerAddress('https://ann%40b:p%zz@h:1/x?y')).toEqual({
      url: 'https://h:1/x',
      address: 'https://h:1/x',
      username: 'ann@b',
      password: 'p%zz',
    })
  })

  test('without a scheme keeps its password back as well', () => {
    expect(readServerAddress('ann:s3cr3t@h:1')).toEqual({
      url: 'http://h:1',
      address: 'h:1',
      username: 'ann',
      password: 's3cr3t',
    })
  })

  test.each([
    '',
    'foo/bar',
    'https:host',
    'https://',
    'https://h h',
    ' https://h',
    'https://h:abc',
    '//h',
    'h\\x',
    'https://h\n',
    'https://h/a b',
    'https://a@b@c',
  ])('%j is none', (server) => {
    expect(readServerAddress(server)).toBe('host must be a URL or a host:port pair')
  })

  test('has no other scheme than http and https', () => {
    expect(readServerAddress('ftp://h')).toBe('unsupported protocol scheme')
  })
})
