import { expect, test } from 'vitest'

import { readTarget } from '../../src/cli/proxy-target.ts'

test.each([
  ['/version', ['/version'], undefined],
  ['/a?b=../c//d', ['/a'], undefined],
  ['/a/', ['/a/'], undefined],
  ['/p/%65xec', ['/p/exec'], undefined],
  ['/a/%2e%2e/b', ['/a/../b', '/b'], undefined],
  ['/a%2F%2Fb', ['/a//b', '/a/b'], undefined],
  ['/%ff', ['/\u00ff'], undefined],
  ['http://h:1/x?y', ['/x'], 'h:1'],
  ['http://h', ['/'], 'h'],
  ['http://h?q', ['/'], 'h'],
])('%s is read as %j', (target, forms, host) => {
  expect(readTarget(target)).toMatchObject({ kind: 'path', forms, host })
})

test('path and query go on as they came', () => {
  expect(readTarget('/a%20b?c=%2F/..')).toMatchObject({ path: '/a%20b?c=%2F/..' })
  expect(readTarget('http://h/a?b')).toMatchObject({ path: '/a?b' })
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
