import { expect, test } from 'vitest'

import { escaped, formsOf, readTarget } from '../../src/proxy/target.ts'

test.each([
  ['/version', { path: '/version', query: '', host: undefined }],
  ['/a?b=../c//d', { path: '/a', query: '?b=../c//d' }],
  ['/a/', { path: '/a/', query: '' }],
  ['/a%20b?c=%2F/..', { path: '/a%20b', query: '?c=%2F/..' }],
  ['/a.b/.c', { path: '/a.b/.c' }],
  ['http://h:1/x?y', { path: '/x', query: '?y', host: 'h:1' }],
  ['http://h/', { path: '/', host: 'h' }],
  ['http://[::1]:1/?q', { path: '/', query: '?q', host: '[::1]:1' }],
])('%s is read as %j', (target, parts) => {
  expect(readTarget(target)).toMatchObject({ kind: 'path', ...parts })
})

test.each([
  ['/version', ['/version']],
  ['/p/%65xec', ['/p/exec']],
  ['/a/%2e%2e/b', ['/a/../b', '/b']],
  ['/a%2F%2Fb', ['/a//b', '/a/b']],
  ['/%ff', ['/\u{fffd}']],
  ['/%C3%A9', ['/é']],
  ['/', ['/', '']],
])('a server might read %s as %j', (path, forms) => {
  expect(formsOf(path)).toEqual(forms)
})

test.each([
  ['/a/../b', '/b'],
  ['//evil.example/x', '/evil.example/x'],
  ['/a//b?c=d', '/a/b?c=d'],
  ['/./a', '/a'],
  ['/../..', '/'],
  ['http://h//a', '/a'],
  ['http://h', '/'],
  ['http://h?q', '/?q'],
])('%s is sent to %s', (target, location) => {
  expect(readTarget(target)).toEqual({ kind: 'redirect', location })
})

test.each([
  '*',
  '',
  'version',
  '/%',
  '/%2',
  '/%zz',
  'ftp://h/',
  'http://[::1/',
  'http://h:x/',
  'http://%68/',
])('%j is invalid', (target) => {
  expect(readTarget(target)).toEqual({ kind: 'invalid' })
})

test('what must not stand in a path is escaped, and nothing else', () => {
  expect(escaped('/a"b<c>#{d}|e\\f^`')).toBe('/a%22b%3Cc%3E%23%7Bd%7D%7Ce%5Cf%5E%60')
  expect(escaped("/a%20b%2F;=:@&+$,!*'()~._-")).toBe("/a%20b%2F;=:@&+$,!*'()~._-")
})
