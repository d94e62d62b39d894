import { describe, expect, test } from 'vitest'

import { jsonFault, parseReply } from '../../src/exec/parse-reply.ts'

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
function refusal(text: string): unknown {
  try {
    return parseReply(utf8(text))
  } catch (error) {
    return error
  }
}

const noVersion = "decoding stdout: couldn't get version/kind; json parse error: "

describe('parseReply', () => {
  test.each([
    ['{"a":1,"a":2}', { a: 2 }],
    [' \n\t{"a":null}\n', { a: null }],
    ['\uFEFF{"a":1}', { a: 1 }],
    ['', null],
    [' \n', null],
    ['null', null],
    ['a: 1\nb: [x, ~]\n---\nthe: rest {', { a: 1, b: ['x', null] }],
    ['---\na: 1', { a: 1 }],
    ['# comment\n---\na: 1', { a: 1 }],
    ['\uFEFFa: 1', { a: 1 }],
    ['a: 1\na: 2', { a: 2 }],
    ['a: yes\nb: y\nc: 1_000\nd: 017', { a: true, b: true, c: 1000, d: 15 }],
    ['a: 12:30:45\nb: 2020-01-01\nc: 1:30.5', { a: '12:30:45', b: '2020-01-01', c: '1:30.5' }],
    ['a: &x {b: 1}\nc: {<<: *x, d: 2}', { a: { b: 1 }, c: { b: 1, d: 2 } }],
    ['1: x', { '1': 'x' }],
    ['!foo {a: !x b}', { a: 'b' }],
  ])('reads %j', (text, value) => {
    expect(JSON.parse(parseReply(utf8(text)))).toEqual(value)
  })

  test.each(['utf-16le', 'utf-16be'])('reads %s by its byte order mark', (encoding) => {
    const bytes = Buffer.from('\uFEFF{"a":"é"}', 'utf16le')
    if (encoding === 'utf-16be') bytes.swap16()
    expect(JSON.parse(parseReply(bytes))).toEqual({ a: 'é' })
  })

  test.each([
    ['{', `${noVersion}unexpected end of JSON input`],
    ['{"token":"sec', `${noVersion}unexpected end of JSON input`],
    ['{"a":1} tail', `${noVersion}invalid character after top-level value at offset 8`],
    ['{"a":}', `${noVersion}invalid character`],
    ["{'a':1}", `${noVersion}invalid character at offset 1`],
    ['noise', `${noVersion}json: cannot unmarshal string into Go value of type struct`],
    ['Fetching\n{"a":1}', `${noVersion}json: cannot unmarshal string into Go value of type struct`],
    ['[1]', `${noVersion}json: cannot unmarshal array into Go value of type struct`],
    ['17', `${noVersion}json: cannot unmarshal number into Go value of type struct`],
    [
      'ok: 1\nLogging in: now: {"a":1}',
      'decoding stdout: yaml: line 2: mapping values are not allowed in this context',
    ],
    ['a: *missing', 'decoding stdout: yaml: line 1: unknown anchor referenced'],
  ])('refuses %j in the words of client-go', (text, message) => {
    expect(refusal(text)).toMatchObject({ code: 'ERR_EXEC_REPLY', message })
  })

  test('refuses aliases that grow without end', () => {
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x, x]']
    for (const [name, of] of ['ba', 'cb', 'dc', 'ed', 'fe']) {
      bomb.push(`${name}: &${name} [${Array.from({ length: 10 }, () => `*${of}`).join(', ')}]`)
    }
    expect(refusal(bomb.join('\n'))).toMatchObject({
      message: expect.stringContaining('document contains excessive aliasing'),
    })
  })
})

describe('jsonFault', () => {
  test('keeps nothing of the words of an engine that it does not know', () => {
    expect(jsonFault('something about "secret"', 6)).toBe('invalid character')
  })

  test('takes an error at the end for a text that is cut off', () => {
    expect(jsonFault("Expected ',' in JSON at position 6", 6)).toBe('unexpected end of JSON input')
  })
})
