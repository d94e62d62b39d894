import { describe, expect, test } from 'vitest'

import { HpackReader } from '../../src/hpack/reader.ts'
import { HpackWriter } from '../../src/hpack/writer.ts'

function written(mask: number, value: number, bits = 0): Buffer {
  const writer = new HpackWriter()
  writer.integer(bits, mask, value)
  return writer.take()
}

function read(block: Buffer, mask: number): number {
  const reader = new HpackReader(block)
  const value = reader.integer(reader.byte(), mask)
  expect(reader.atEnd).toBe(true)
  return value
}

describe('an integer', () => {
  test.each([
    ['C.1.1', 10, 0x1f, '0a'],
    ['C.1.2', 1337, 0x1f, '1f9a0a'],
    ['C.1.3', 42, 0xff, '2a'],
  ])('is that of the example %s of RFC 7541', (_, value, mask, hex) => {
    expect(written(mask, value).toString('hex')).toBe(hex)
    expect(read(Buffer.from(hex, 'hex'), mask)).toBe(value)
  })

  test('stands beside the bits that tell what it is for', () => {
    expect(written(0x1f, 10, 0x20).toString('hex')).toBe('2a')
    expect(written(0x1f, 1337, 0x20).toString('hex')).toBe('3f9a0a')
    expect(read(Buffer.from('ea', 'hex'), 0x1f)).toBe(10)
  })

  test.each([0x0f, 0x1f, 0x3f, 0x7f])('is read as it was written beside a mask of %i', (mask) => {
    const values = [0, 1, mask - 1, mask, mask + 1, mask + 127, mask + 128, mask + 16_384, 2 ** 28]
    for (const value of values) expect(read(written(mask, value), mask)).toBe(value)
    expect(() => read(written(mask, 2 ** 28 + 1), mask)).toThrow('an integer is too large')
  })
})

describe('a string', () => {
  test.each(['03616263', '8218c7'])('may be as long as it may: %s', (hex) => {
    const block = Buffer.from(hex, 'hex')
    expect(new HpackReader(block).string(3)).toHaveLength(3)
    expect(() => new HpackReader(block).string(2)).toThrow('a list of headers is too long')
  })

  test('that is read leaves what is behind it', () => {
    const reader = new HpackReader(Buffer.from('016182', 'hex'))
    expect(reader.string(1)).toBe('a')
    expect(reader.byte()).toBe(0x82)
    expect(reader.atEnd).toBe(true)
    expect(() => reader.byte()).toThrow('a header block is cut short')
  })
})
