import { expect, test } from 'vitest'

import { readRequestHead } from '../../src/proxy/request-head.ts'

const ofTheConnection = [
  ['Connection', 'keep-alive, X-Own'],
  ['Keep-Alive', 'timeout=5'],
  ['Proxy-Connection', 'keep-alive'],
  ['Proxy-Authorization', 'x'],
  ['Proxy-Authenticate', 'x'],
  ['TE', 'trailers'],
  ['Trailer', 'x'],
  ['Transfer-Encoding', 'chunked'],
  ['Upgrade', 'websocket'],
  ['X-Own', 'of this connection'],
].flat()

const forwarded = (raw: readonly string[], from?: string): readonly string[] =>
  readRequestHead(raw, from).forwarded

test('what belongs to the connection of the client stays there', () => {
  const raw = ['Host', 'localhost', 'Expect', '100-continue', ...ofTheConnection, 'Accept', '*/*']
  expect(forwarded(raw)).toEqual(['Accept', '*/*'])
})

test('every Connection header is heeded', () => {
  const raw = ['A', '1', 'Connection', 'a', 'B', '2', 'connection', 'close, b', 'C', '3']
  expect(forwarded(raw)).toEqual(['C', '3'])
})

test('order, case and repetition stay as they came', () => {
  const raw = ['B', '1', 'a', '2', 'B', '3', 'authorization', 'own']
  expect(forwarded(raw)).toEqual(raw)
})

test.each([
  [['A', 'b'], '127.0.0.1', ['A', 'b', 'X-Forwarded-For', '127.0.0.1']],
  [['X-Forwarded-For', '1.2.3.4', 'A', 'b'], '::1', ['A', 'b', 'X-Forwarded-For', '1.2.3.4, ::1']],
  [['X-Forwarded-For', 'a', 'x-forwarded-for', 'b'], 'c', ['X-Forwarded-For', 'a, b, c']],
  // A socket in the file system has no address.
  [['X-Forwarded-For', 'a'], undefined, ['X-Forwarded-For', 'a']],
  [['A', 'b'], undefined, ['A', 'b']],
])('%j from %s goes on as %j', (raw, from, expected) => {
  expect(forwarded(raw, from)).toEqual(expected)
})

test.each([
  [[], false],
  [['Content-Length', '0'], false],
  [['Content-Length', '1'], true],
  [['Transfer-Encoding', 'chunked'], true],
])('a request with %j has a body: %s', (raw, hasBody) => {
  expect(readRequestHead(raw, undefined).hasBody).toBe(hasBody)
})

test.each([
  [[], true],
  [['Accept', '*/*'], true],
  [['Accept-Encoding', 'identity'], false],
  [['accept-encoding', ''], false],
  [['Range', 'bytes=0-1'], false],
])('a request with %j leaves the encoding to us: %s', (raw, anyEncoding) => {
  expect(readRequestHead(raw, undefined).anyEncoding).toBe(anyEncoding)
})

test('what the filter looks at is found, and goes on all the same', () => {
  const raw = ['HOST', 'a', 'Origin', 'b', 'Sec-Fetch-Site', 'same-origin', 'host', 'c']
  expect(readRequestHead(raw, undefined)).toMatchObject({
    hosts: ['a', 'c'],
    origin: 'b',
    site: 'same-origin',
    forwarded: ['Origin', 'b', 'Sec-Fetch-Site', 'same-origin'],
  })
})
