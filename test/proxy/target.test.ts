import { expect, test } from 'vitest'

import { formsOf, readTarget } from '../../src/proxy/target.ts'

test.each([
  ['/version', { path: '/version', query: '', host: undefined }],
  ['/a?b=../c//d', { path: '/a', query: '?b=../c//d' }],
  ['/a/', { path: '/a/', query: '' }],
  ['/a%20b?c=%2F/..', { path: '/a%20b', query: '?c=%2F/..' }],
  ['/a.b/.c', { path: '/a.b/.c' }],
  ['http://h:1/x?y', { path: '/x', query: '?y', host: 'h:1' }],
  ['http://h', { path: '/', host: 'h' }],
  ['http://h?q', { path: '/', query: '?q', host: 'h' }],
])('%s is read as %j', (target, parts) => {
  expect(readTarget(target)).toMatchObject({ kind: 'path', ...parts })
})

test.each([
  ['/version', ['/version']],
  ['/p/%65xec', ['/p/exec']],
  ['/a/%2e%2e/b', ['/a/../b', '/b']],
  ['/a%2F%2Fb', ['/a//b', '/a/b']],
  ['/%ff', ['/\u00ff']],
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
])('%s is sent to %s', (target, location) => {
  expect(readTarget(target)).toEqual({ kind: 'redirect', location })
})

test.each(['*', '', 'version', '/%', '/%2', '/%zz', 'ftp://h/'])('%j is invalid', (target) => {
  expect(readTarget(target)).toEqual({ kind: 'invalid' })
})
