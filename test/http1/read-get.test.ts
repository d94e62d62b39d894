import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { PassThrough } from 'node:stream'

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { readGet } from '../../src/http1/read-get.ts'

const read = (text: string) => readGet(Buffer.from(text, 'latin1'))
const get = (...lines: readonly string[]) =>
  read(['GET /version HTTP/1.1', 'Host: a', ...lines, '', ''].join('\r\n'))

describe('a plain GET request', () => {
  test('is read with its target and its headers as they came', () => {
    expect(
      read('GET /api/v1/pods?limit=5 HTTP/1.1\r\nHost: a:8001\r\nACCEPT:application/json\r\n\r\n'),
    ).toEqual({
      url: '/api/v1/pods?limit=5',
      rawHeaders: ['Host', 'a:8001', 'ACCEPT', 'application/json'],
    })
  })

  test('may say that it keeps its connection', () => {
    expect(get('Connection: keep-alive')).toBeDefined()
    expect(get('connection: Keep-Alive')).toBeDefined()
  })

  test('may have bytes beyond ASCII, tabs and spaces within a value', () => {
    expect(get('X-Name: a \t b\u00e9')?.rawHeaders.at(-1)).toBe('a \t b\u00e9')
  })
})

describe('is left to a server that knows all of HTTP', () => {
  test.each([
    ['another method', 'HEAD / HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['another version', 'GET / HTTP/1.0\r\nHost: a\r\n\r\n'],
    ['a target that is a URL', 'GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a space in the target', 'GET /a b HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a byte beyond ASCII in the target', 'GET /\u00e9 HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a part of a request', 'GET / HTTP/1.1\r\nHost: a\r\n'],
    ['a part of a line', 'GET / HTTP/1.1\r\nHos'],
    ['two requests', 'GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a request and a bit more', 'GET / HTTP/1.1\r\nHost: a\r\n\r\nG'],
    ['an empty line before it', '\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['lines that end in LF alone', 'GET / HTTP/1.1\nHost: a\n\n'],
    ['one line that ends in LF alone', 'GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n'],
    ['a CR within a value', 'GET / HTTP/1.1\r\nHost: a\r\nX: b\rY: c\r\n\r\n'],
    ['nothing', ''],
    ['what is no HTTP', '\u0016\u0003\u0001\u0002\u0000'],
  ])('%s', (_, text) => {
    expect(read(text)).toBeUndefined()
  })

  test.each([
    'Content-Length: 0',
    'Content-Length: 5',
    'Transfer-Encoding: chunked',
    'Connection: close',
    'Connection: keep-alive, Upgrade',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Expect: 100-continue',
    'TE: trailers',
    'Trailer: X-Sum',
    'X-Folded: a\r\n b',
    'X-Empty:',
    'X-Space-Before : a',
    ': no-name',
    'no colon',
    'X-Null: a\u0000b',
    'X-Trailing: a ',
  ])('a header %j', (line) => {
    expect(get(line)).toBeUndefined()
  })

  test('a request of more than 16 KiB', () => {
    expect(get(`X-Long: ${'x'.repeat(16 * 1024)}`)).toBeUndefined()
  })
})

test('what is read is what Node itself reads in the same bytes', async () => {
  const token = fc.stringMatching(/^[A-Za-z-]{1,8}$/u)
  const value = fc.oneof(fc.stringMatching(/^[ -~]{0,12}$/u), fc.constant('keep-alive'))
  const name = fc.oneof(token, fc.constantFrom('Connection', 'Content-Length', 'Upgrade', 'Expect'))
  const field = fc
    .tuple(name, fc.constantFrom(': ', ':', ' : ', ':  '), value)
    .map((f) => f.join(''))
  const end = fc.constantFrom('\r\n', '\r\n', '\r\n', '\r\n', '\n', '\r')
  const line = fc.tuple(field, end).map((parts) => parts.join(''))
  const first = fc.constantFrom(
    'GET / HTTP/1.1\r\n',
    'GET /a?b HTTP/1.1\r\n',
    'GET /\t HTTP/1.1\r\n',
  )
  const rest = fc.constantFrom('\r\n', '\r\n', '\r\n\r\n', '\n', '')
  const request = fc
    .tuple(first, fc.array(line, { maxLength: 4 }), rest)
    .map(([head, lines, tail]) => `${head}Host: a\r\n${lines.join('')}${tail}`)
  let agreed = 0
  await fc.assert(
    fc.asyncProperty(request, async (text) => {
      const ours = read(text)
      if (ours === undefined) return
      expect(await asNodeReads(text)).toEqual([{ method: 'GET', ...ours, body: '' }])
      agreed++
    }),
    { numRuns: 2000 },
  )
  // Most of what is generated is broken on purpose.
  expect(agreed).toBeGreaterThan(100)
})

/** Every request that Node's own server finds in the bytes. */
async function asNodeReads(text: string): Promise<unknown[]> {
  const found: unknown[] = []
  const server = createServer((request: IncomingMessage, response) => {
    const { method, url, rawHeaders } = request
    const body: Buffer[] = []
    request.on('data', (chunk: Buffer) => body.push(chunk))
    request.on('end', () => {
      found.push({ method, url, rawHeaders, body: Buffer.concat(body).toString() })
      response.end()
    })
  })
  const stream = new PassThrough()
  // What the server writes is of no interest, and its end must not be that of what it reads.
  const duplex = Object.assign(new Socket(), { write: () => true, end: () => duplex })
  stream.on('data', (chunk) => duplex.emit('data', chunk))
  server.on('clientError', () => undefined)
  server.emit('connection', duplex)
  stream.end(Buffer.from(text, 'latin1'))
  await once(stream, 'end')
  await new Promise((resolve) => setImmediate(resolve))
  return found
}
