import { describe, expect, test } from 'vitest'

import { parseTarget, splitPath, verbOf } from '../../src/testing/resource-path.ts'

const none = { namespace: undefined, name: undefined }

describe('splitPath', () => {
  test.each([
    ['/a', '/a', ''],
    ['/a?', '/a', ''],
    ['/a?b=c&d', '/a', 'b=c&d='],
    ['//?x=?', '//', 'x=%3F'],
    ['*', '*', ''],
  ])('parts %s', (given, path, query) => {
    const parted = splitPath(given)
    expect([parted.path, String(parted.query)]).toEqual([path, query])
  })
})

describe('parseTarget', () => {
  test.each(['/', '/version', '/api', '/api/v1', '/api/v1/', '/apis/apps/v1', '/apis//v1/'])(
    'finds no resource in %s',
    (path) => {
      expect(parseTarget(path)).toEqual({ kind: 'path', path })
    },
  )

  test.each([
    ['/api/v1/namespaces', { group: '', resource: 'namespaces', ...none }],
    ['/api/v1/namespaces/a', { group: '', resource: 'namespaces', namespace: 'a', name: 'a' }],
    [
      '/api/v1/namespaces/a/configmaps',
      { group: '', resource: 'configmaps', namespace: 'a', name: undefined },
    ],
    [
      '/api/v1/namespaces/a%20b/configmaps/c%2Fd',
      { group: '', resource: 'configmaps', namespace: 'a b', name: 'c/d' },
    ],
    ['/api/v1/nodes/%zz', { group: '', resource: 'nodes', namespace: undefined, name: '%zz' }],
    ['/apis/apps/v1/deployments', { group: 'apps', resource: 'deployments', ...none }],
  ])('reads %s', (path, expected) => {
    expect(parseTarget(path)).toEqual({ kind: 'resource', subresource: undefined, ...expected })
  })

  test('reads what is below an object', () => {
    expect(parseTarget('/api/v1/namespaces/a/pods/p/log')).toMatchObject({
      resource: 'pods',
      namespace: 'a',
      name: 'p',
      subresource: 'log',
    })
    expect(parseTarget('/api/v1/nodes/n/proxy/a/b')).toMatchObject({ subresource: 'proxy/a/b' })
  })
})

describe('verbOf', () => {
  const one = parseTarget('/api/v1/namespaces/a')
  const all = parseTarget('/api/v1/namespaces')

  test.each([
    ['POST', all, 'create'],
    ['PUT', one, 'update'],
    ['PATCH', one, 'patch'],
    ['DELETE', one, 'delete'],
    ['DELETE', all, 'deletecollection'],
    ['GET', one, 'get'],
    ['HEAD', one, 'get'],
    ['GET', all, 'list'],
    ['POST', parseTarget('/version'), 'post'],
  ])('calls %s of it the verb that permissions are given for', (method, target, verb) => {
    expect(verbOf(method, target, false)).toBe(verb)
  })

  test('tells a watch from a list', () => {
    expect(verbOf('GET', all, true)).toBe('watch')
  })
})
