import { expect, test } from 'vitest'

import { flatten, returnedHeaders, untrueOf } from '../../src/proxy/response-head.ts'

const buffers = (texts: readonly string[]): Buffer[] => texts.map((text) => Buffer.from(text))

test('what belongs to the connection of the server stays there', () => {
  const received = buffers([
    ...['Connection', 'keep-alive, X-Own', 'Keep-Alive', 'timeout=5', 'Transfer-Encoding', 'x'],
    ...['Trailer', 'a', 'Upgrade', 'b', 'Proxy-Authenticate', 'c', 'X-Own', 'd'],
    ...['Date', 'today', 'Warning', 'a', 'Warning', 'b'],
  ])
  expect(returnedHeaders(received, [])).toEqual([
    ...['Date', 'today', 'Warning', 'a', 'Warning', 'b'],
  ])
})

test('names in lower case, as HTTP/2 has them, are written as Go writes them', () => {
  const received = ['content-type', 'a', 'x-kubernetes-pf-flowschema-uid', 'b', 'etag', 'c']
  expect(returnedHeaders(received, [])).toEqual([
    ...['Content-Type', 'a', 'X-Kubernetes-Pf-Flowschema-Uid', 'b', 'Etag', 'c'],
  ])
  expect(returnedHeaders(['ETag', 'a', 'x-2a--b-', 'b'], [])).toEqual([
    'ETag',
    'a',
    'X-2a--B-',
    'b',
  ])
})

test('however many names there are, each is written so', () => {
  for (let index = 0; index < 1000; index++) {
    expect(returnedHeaders([`x-name-${index}`, ''], [])).toEqual([`X-Name-${index}`, ''])
  }
})

test('of a body that is decoded neither encoding nor length is told', () => {
  const received = buffers(['Content-Encoding', 'gzip', 'Content-Length', '5', 'ETag', 'x'])
  expect(returnedHeaders(received, untrueOf(200, true))).toEqual(['ETag', 'x'])
  expect(returnedHeaders(received, untrueOf(204, false))).toHaveLength(4)
  expect(returnedHeaders(received, untrueOf(200, false))).toHaveLength(6)
})

test.each([
  ['buffers', [Buffer.from('A'), Buffer.from('\u00e4', 'latin1')], ['A', '\u00e4']],
  ['texts', ['A', 'b'], ['A', 'b']],
  ['lists of values', ['A', ['b', Buffer.from('c')]], ['A', 'b', 'A', 'c']],
  ['an object', { a: 'b', c: ['d', 'e'], f: undefined }, ['a', 'b', 'c', 'd', 'c', 'e']],
])('headers that come as %s are read', (_how, received, flat) => {
  expect(flatten(received)).toEqual(flat)
})
