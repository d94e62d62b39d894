import { expect, test } from 'vitest'

import { flatten, forwardedHeaders, returnedHeaders } from '../../src/cli/proxy-headers.ts'

const hopByHop = [
  ['Connection', 'keep-alive, X-Own'],
  ['Keep-Alive', 'timeout=5'],
  ['Proxy-Connection', 'keep-alive'],
  ['Proxy-Authorization', 'x'],
  ['TE', 'trailers'],
  ['Trailer', 'x'],
  ['Transfer-Encoding', 'chunked'],
  ['Upgrade', 'websocket'],
  ['X-Own', 'of this connection'],
].flat()

test('what belongs to the connection of the client stays there', () => {
  const raw = ['Host', 'localhost', 'Expect', '100-continue', ...hopByHop, 'Accept', '*/*']
  expect(forwardedHeaders(raw, undefined)).toEqual(['Accept', '*/*'])
})

test('what belongs to the connection of the server stays there', () => {
  const received = [...hopByHop, 'Date', 'today', 'Warning', 'a'].map((text) => Buffer.from(text))
  expect(returnedHeaders(received)).toEqual(['Date', 'today', 'Warning', 'a'])
})

test('order, case and repetition stay as they came', () => {
  const raw = ['B', '1', 'a', '2', 'B', '3', 'authorization', 'own']
  expect(forwardedHeaders(raw, undefined)).toEqual(raw)
})

test('the client is named after those that it names', () => {
  expect(forwardedHeaders(['X-Forwarded-For', '1.2.3.4', 'A', 'b'], '127.0.0.1')).toEqual([
    'A',
    'b',
    'X-Forwarded-For',
    '1.2.3.4, 127.0.0.1',
  ])
})

test.each([
  ['buffers', [Buffer.from('A'), Buffer.from('\u00e4', 'latin1')], ['A', '\u00e4']],
  ['texts', ['A', 'b'], ['A', 'b']],
  ['lists of values', ['A', ['b', Buffer.from('c')]], ['A', 'b', 'A', 'c']],
  ['an object', { a: 'b', c: ['d', 'e'], f: undefined }, ['a', 'b', 'c', 'd', 'c', 'e']],
])('headers that come as %s are read', (_how, received, flat) => {
  expect(flatten(received)).toEqual(flat)
})
