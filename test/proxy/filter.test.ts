import { expect, test } from 'vitest'

import { readRules } from '../../src/cli/proxy-rules.ts'
import { isServed, type FilteredRequest } from '../../src/proxy/filter.ts'

const request: FilteredRequest = {
  method: 'GET',
  paths: ['/api/v1/namespaces'],
  host: '127.0.0.1:8001',
  origin: undefined,
}

const rules = await readRules({})

test.each([
  ['127.0.0.1:8001', true],
  ['127.0.0.1', true],
  ['localhost:1', true],
  ['LOCALHOST', true],
  ['[::1]:8001', true],
  ['[::1]', true],
  ['evil.example', false],
  ['localhost.evil.example', false],
  ['127.0.0.1.evil.example:8001', false],
  ['evil.example:localhost', false],
  ['', false],
])('a request for %j is served: %s', (host, served) => {
  expect(isServed({ ...request, host }, rules)).toBe(served)
})

test.each([
  ['http://localhost:3000', true],
  ['http://127.0.0.1:8001', true],
  ['http://[::1]:8001', true],
  ['http://evil.example', false],
  ['null', false],
  ['', false],
])('a request from a page of %j is served: %s', (origin, served) => {
  expect(isServed({ ...request, origin }, rules)).toBe(served)
})

test.each([
  ['/api/v1/namespaces/x/pods/y/exec', false],
  ['/api/v1/namespaces/x/pods/y/attach', false],
  ['/api/v1/namespaces/x/pods/y/log', true],
  ['/apis/apps/v1/deployments', true],
])('%s is served: %s', (path, served) => {
  expect(isServed({ ...request, paths: [path] }, rules)).toBe(served)
})

test.each([
  ['http://localhost:8001', 'localhost:8001', true],
  ['http://LOCALHOST:8001', 'Localhost:8001', true],
  ['http://localhost:3000', 'localhost:8001', false],
  ['http://127.0.0.1:8001', 'localhost:8001', true],
  ['null', 'localhost:8001', false],
  [undefined, 'localhost:8001', true],
])('a WebSocket of %j to %s is served: %s', (origin, host, served) => {
  expect(isServed({ ...request, origin, host, upgrade: true }, rules)).toBe(served)
})

test('a path is refused when one way to read it is', () => {
  const paths = ['/api/v1/namespaces', '/api/v1/namespaces/x/pods/y/exec']
  expect(isServed({ ...request, paths }, rules)).toBe(false)
})

test('rules of the caller take the place of the defaults, flag by flag', async () => {
  const own = await readRules({ rejectMethods: '^POST$,^PUT$', acceptPaths: '^/api/' })
  expect(isServed(request, own)).toBe(true)
  expect(isServed({ ...request, method: 'PUT' }, own)).toBe(false)
  expect(isServed({ ...request, paths: ['/version'] }, own)).toBe(false)
  expect(isServed({ ...request, host: 'evil.example' }, own)).toBe(false)
})

test('a pattern that is none is a mistake', async () => {
  await expect(readRules({ acceptPaths: '^/a,(' })).rejects.toThrow(
    'error parsing regexp: missing closing ): `(`',
  )
})
