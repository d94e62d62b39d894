import { describe, expect, test } from 'vitest'

import { readHead } from '../../src/http1/read-head.ts'

const read = (text: string) => readHead(Buffer.from(text, 'latin1'))
const head = (...lines: readonly string[]) =>
  read(['HTTP/1.1 200 OK', ...lines, '', 'hello'].join('\r\n'))

describe('the head of a plain response', () => {
  test('is read with its status, its headers as they came, and where its body is', () => {
    expect(head('Content-Type: text/plain', 'CONTENT-LENGTH:5')).toEqual({
      statusCode: 200,
      headers: ['Content-Type', 'text/plain', 'CONTENT-LENGTH', '5'],
      length: 5,
      bodyAt: 63,
    })
  })

  test('may say that the connection stays', () => {
    expect(head('connection: Keep-Alive', 'Content-Length: 5')?.length).toBe(5)
  })

  test('may have no words for its status', () => {
    expect(read('HTTP/1.1 404 \r\nContent-Length: 0\r\n\r\n')?.statusCode).toBe(404)
  })
})

describe('is left to a parser', () => {
  test.each([
    ['a part of a head', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n'],
    ['a head of more than 16 KiB', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(16_384)}\r\n\r\n`],
    ['another version', 'HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n'],
    ['a status of two digits', 'HTTP/1.1 20 OK\r\nContent-Length: 5\r\n\r\n'],
    ['what is not the answer yet', 'HTTP/1.1 103 Early Hints\r\nContent-Length: 5\r\n\r\n'],
    ['a status without a body', 'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n'],
    ['what has not changed', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n'],
    ['no length', 'HTTP/1.1 200 OK\r\nX: a\r\n\r\n'],
    ['an empty line before it', '\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n'],
    ['lines that end in LF alone', 'HTTP/1.1 200 OK\nContent-Length: 5\n\r\n\r\n'],
  ])('%s', (_, text) => {
    expect(read(text)).toBeUndefined()
  })

  test.each([
    'Content-Length: 5',
    'Transfer-Encoding: chunked',
    'Connection: close',
    'Connection: keep-alive, X-Hop',
    'Keep-Alive: timeout=5',
    'Trailer: X-Sum',
    'Upgrade: h2c',
    'X-Folded: a\r\n b',
    'X-Empty:',
    'X-Space : a',
    'X-Null: a\u0000b',
    'X-Line: a\nb',
  ])('a second header %j', (line) => {
    expect(head('Content-Length: 5', line)).toBeUndefined()
  })

  test.each(['+5', '-5', '5 ', '0x5', '5, 5', '5.0', '', '9'.repeat(16)])(
    'a length %j',
    (value) => {
      expect(head(`Content-Length: ${value}`)).toBeUndefined()
    },
  )
})
