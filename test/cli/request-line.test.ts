import { expect, test } from 'vitest'

import { readRequestLine } from '../../src/cli/request-line.ts'

test.each([
  [['/version'], false, { method: 'GET', path: '/version' }],
  [['/x'], true, { method: 'POST', path: '/x' }],
  [['put', '/x'], true, { method: 'PUT', path: '/x' }],
  [['HEAD', '/x?a=b&c=%20'], false, { method: 'HEAD', path: '/x?a=b&c=%20' }],
  [['https://h:1/x#part'], false, { method: 'GET', path: 'https://h:1/x' }],
])('%j with data: %s', (words, hasData, expected) => {
  expect(readRequestLine(words, hasData)).toEqual(expected)
})

test.each([
  [[], 'a path is missing'],
  [['GET'], 'a path is missing after GET'],
  [['delete'], 'a path is missing after delete'],
  [['version'], 'path must begin with "/": version'],
  [['GET', 'version'], 'path must begin with "/": version'],
  [['/version', 'GET'], '/version is not a method'],
  [['/a', '/b'], '/a is not a method'],
  [['G E T', '/b'], 'G E T is not a method'],
  [['CONNECT', '/b'], 'CONNECT is not a request to a path'],
  [['GET', '/b', '/c'], 'too many arguments: GET /b /c'],
  [['https://[/'], 'https://[/ is not a valid URL path'],
])('%j is a mistake', (words, message) => {
  expect(() => readRequestLine(words, false)).toThrow(
    expect.objectContaining({ message, exitCode: 2, hint: expect.any(String) as string }),
  )
})
