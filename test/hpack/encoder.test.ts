import { describe, expect, test } from 'vitest'

import { HpackDecoder } from '../../src/hpack/decoder.ts'
import { HpackEncoder } from '../../src/hpack/encoder.ts'
import { huffmanSequences } from './examples.ts'
import { tableContents } from './table-contents.ts'

const decoderOf = () => new HpackDecoder({ maxTableSize: 4096, maxListSize: 1_000_000 })
const hex = (block: Buffer) => block.toString('hex')

describe('the examples of RFC 7541 with the Huffman code', () => {
  test.each(huffmanSequences)('$title: are encoded as there', ({ tableSize, examples }) => {
    const encoder = new HpackEncoder()
    encoder.setMaxTableSize(tableSize)
    const size = tableSize < 4096 ? hex(encoder.encode([])) : ''
    expect(size).toBe(tableSize === 256 ? '3fe101' : '')
    for (const { list, block } of examples) {
      // 307 is as long in both forms; there it is in the Huffman code, here and in Go it is not.
      const expected = hex(block).replace('83640eff', '03333037')
      expect(hex(encoder.encode(list))).toBe(expected)
    }
  })
})

describe('a request', () => {
  const headers = (path: string) => [
    ...[':method', 'GET', ':authority', '127.0.0.1:6443', ':scheme', 'https', ':path', path],
    ...['accept', 'application/json', 'accept-encoding', 'gzip'],
    ...['authorization', `Bearer ${'t'.repeat(1200)}`],
    ...['user-agent', 'kubectl/v1.36.3', 'x-forwarded-for', '127.0.0.1'],
  ]

  test('costs one byte for each header that an earlier one had', () => {
    const encoder = new HpackEncoder()
    expect(encoder.encode(headers('/')).length).toBeGreaterThan(700)
    expect(encoder.encode(headers('/'))).toHaveLength(9)
  })

  test('costs its path each time, which is not remembered', () => {
    const encoder = new HpackEncoder()
    const decoder = decoderOf()
    decoder.decode(encoder.encode(headers('/api/v1/pods')))
    const again = encoder.encode(headers('/api/v1/pods'))
    expect(hex(again)).toMatch(/^82..8704896.*/u)
    expect(again).toHaveLength(8 + 11)
    expect(decoder.decode(again)).toEqual(headers('/api/v1/pods'))
    expect(tableContents(decoder)).not.toContain(':path')
  })

  test('costs a header whole that is larger than three quarters of the table, and drives out none', () => {
    const encoder = new HpackEncoder()
    const decoder = decoderOf()
    decoder.decode(encoder.encode(['x', 'a']))
    const large = ['authorization', '!'.repeat(3072 - 32 - 12)]
    for (const block of [encoder.encode(large), encoder.encode(large)]) {
      expect(block.length).toBeGreaterThan(3000)
      expect(decoder.decode(block)).toEqual(large)
    }
    expect(tableContents(decoder)).toEqual(['x', 'a'])
    const most = ['authorization', '!'.repeat(3072 - 32 - 13)]
    expect(encoder.encode(most).length).toBeGreaterThan(3000)
    expect(encoder.encode(most)).toHaveLength(1)
  })
})

describe('a header', () => {
  test('is written as it is when the Huffman code is no shorter', () => {
    const encoder = new HpackEncoder()
    expect(hex(encoder.encode(['~~', '\u00e9']))).toBe('40027e7e01e9')
    expect(hex(encoder.encode(['~~', 'ab']))).toBe('7e026162')
    expect(hex(encoder.encode(['~~', 'aaa']))).toBe('7e8218c7')
  })

  test('takes its name from an older header whose value differs', () => {
    const encoder = new HpackEncoder()
    encoder.encode(['x-name', 'a', 'y-name', 'b'])
    expect(hex(encoder.encode(['x-name', 'c']))).toBe('7f000163')
    expect(hex(encoder.encode(['x-name', 'a', 'x-name', 'c']))).toBe('c0be')
  })

  test('is found when an older one of its name is forgotten', () => {
    const encoder = new HpackEncoder()
    encoder.setMaxTableSize(80)
    encoder.encode(['x', 'a', 'x', 'b', 'y', 'c'])
    expect(hex(encoder.encode(['x', 'b', 'y', 'c']))).toBe('bfbe')
    expect(hex(encoder.encode(['x', 'a', 'x', 'b']))).toBe('7f000161' + '7e0162')
    encoder.encode(['age', 'a', 'age', 'b', 'y', 'c'])
    expect(hex(encoder.encode(['age', 'b']))).toBe('bf')
    encoder.encode(['y', 'd', 'y', 'e', 'y', 'f'])
    expect(hex(encoder.encode(['age', 'b']))).toBe('550162')
  })

  test('may be beyond ASCII, but not beyond Latin-1', () => {
    const encoder = new HpackEncoder()
    const every = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).join('')
    const decoder = decoderOf()
    expect(decoder.decode(encoder.encode([every, every]))).toEqual([every, every])
    for (const code of [0x100, 0x10a, 0x200d]) {
      const text = `a${String.fromCharCode(code)}b`
      const why = new TypeError('a header holds a character beyond Latin-1')
      expect(() => new HpackEncoder().encode(['x', text])).toThrow(why)
      expect(() => new HpackEncoder().encode([text, 'x'])).toThrow(why)
    }
  })

  test('may be of any length', () => {
    const encoder = new HpackEncoder()
    const decoder = decoderOf()
    for (const length of [0, 1, 126, 127, 128, 254, 255, 256, 511, 512, 4096, 100_000]) {
      for (const sign of ['a', '~', '\u00ff']) {
        const list = ['x', sign.repeat(length), `n${sign.repeat(length)}`, '']
        expect(decoder.decode(encoder.encode(list))).toEqual(list)
      }
    }
  })

  test('of which each has another value is forgotten, and found no more', () => {
    const encoder = new HpackEncoder()
    const decoder = decoderOf()
    for (let count = 0; count < 1000; count++) {
      const list = [`x-${count % 7}`, String(count), 'x-id', String(count % 300)]
      expect(decoder.decode(encoder.encode(list))).toEqual(list)
    }
    expect(tableContents(decoder).length / 2).toBeGreaterThan(80)
    expect(encoder.encode(['x-id', '99']).length).toBe(1)
    expect(encoder.encode(['x-id', '200']).length).toBeGreaterThan(1)
  })
})

describe('the size of the table', () => {
  const field = ['x', '1'.repeat(20)]

  test('is told at the start of the next block, and once', () => {
    const encoder = new HpackEncoder()
    encoder.setMaxTableSize(100)
    expect(hex(encoder.encode([':method', 'GET']))).toBe('3f4582')
    expect(hex(encoder.encode([':method', 'GET']))).toBe('82')
  })

  test('is never more than 4096, and none is told that is as before', () => {
    const encoder = new HpackEncoder()
    for (const size of [65_536, 4096, 2 ** 32 - 1]) {
      encoder.setMaxTableSize(size)
      expect(hex(encoder.encode([]))).toBe('')
    }
    encoder.setMaxTableSize(10)
    expect(hex(encoder.encode([]))).toBe('2a')
    encoder.setMaxTableSize(65_536)
    expect(hex(encoder.encode([]))).toBe('3fe11f')
  })

  test('that was small in between is told first, and the last with the block after', () => {
    const encoder = new HpackEncoder()
    const decoder = decoderOf()
    decoder.decode(encoder.encode([...field, ...field, 'y', 'z']))
    for (const size of [4096, 40, 100, 70]) encoder.setMaxTableSize(size)
    const first = encoder.encode([])
    expect(hex(first)).toBe('3f09')
    expect(decoder.decode(first)).toEqual([])
    expect(tableContents(decoder)).toEqual(['y', 'z'])
    const second = encoder.encode(field)
    expect(hex(second).slice(0, 4)).toBe('3f27')
    expect(decoder.decode(second)).toEqual(field)
    expect(hex(encoder.encode(field))).not.toMatch(/^3f/u)
  })

  test('may be nothing: then all headers are whole, each time', () => {
    const encoder = new HpackEncoder()
    const decoder = decoderOf()
    encoder.setMaxTableSize(0)
    const blocks = [encoder.encode(field), encoder.encode(field), encoder.encode(['', ''])]
    expect(blocks.map((block) => block.length)).toEqual([18, 17, 3])
    for (const block of blocks.slice(0, 2)) expect(decoder.decode(block)).toEqual(field)
    expect(tableContents(decoder)).toEqual([])
  })
})
