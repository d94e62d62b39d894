import { describe, expect, test } from 'vitest'

import { HpackDecoder } from '../../src/hpack/decoder.ts'
import { HpackError } from '../../src/hpack/error.ts'
import { sequences } from './examples.ts'
import { indexed, sizeOf, tableContents } from './table-contents.ts'

const decoderOf = (maxTableSize = 4096, maxListSize = 65_536) =>
  new HpackDecoder({ maxTableSize, maxListSize })
/** Bytes, written as hexadecimal digits with spaces anywhere. */
const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex')
const decode = (hex: string) => decoderOf().decode(bytes(hex))
/** The same, of which the first says that the table is to be smaller. */
const smaller = (size: number) => {
  const decoder = decoderOf()
  const update = size < 31 ? [0x20 | size] : [0x3f, ((size - 31) & 0x7f) | 0x80, (size - 31) >> 7]
  decoder.decode(Uint8Array.from(update))
  return decoder
}

const literal = '400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572'

describe('the examples of RFC 7541', () => {
  test('C.2.1: a literal field that is remembered', () => {
    const decoder = decoderOf()
    const field = ['custom-key', 'custom-header']
    expect(decoder.decode(bytes(literal))).toEqual(field)
    expect(tableContents(decoder)).toEqual(field)
    expect(sizeOf(field)).toBe(55)
  })

  test.each([
    [
      'C.2.2: a literal field that is not',
      '040c 2f73 616d 706c 652f 7061 7468',
      ':path',
      '/sample/path',
    ],
    [
      'C.2.3: one that never may be',
      '1008 7061 7373 776f 7264 0673 6563 7265 74',
      'password',
      'secret',
    ],
    ['C.2.4: an indexed field', '82', ':method', 'GET'],
  ])('%s', (_, hex, name, value) => {
    const decoder = decoderOf()
    expect(decoder.decode(bytes(hex))).toEqual([name, value])
    expect(tableContents(decoder)).toEqual([])
  })

  test.each(sequences)('$title: each block has its list and leaves its table', (sequence) => {
    for (const count of sequence.examples.keys()) {
      const decoder = sequence.tableSize < 4096 ? smaller(sequence.tableSize) : decoderOf()
      const examples = sequence.examples.slice(0, count + 1)
      for (const { block, list } of examples) expect(decoder.decode(block)).toEqual(list)
      const last = examples[count]
      expect(tableContents(decoder)).toEqual(last?.table)
      expect(sizeOf(last?.table ?? [])).toBe(last?.tableSize)
    }
  })
})

describe('a block', () => {
  test('may be empty', () => {
    expect(decode('')).toEqual([])
  })

  test('is taken from any bytes, a part of others, too', () => {
    const all = Uint8Array.from(bytes(`ff ff ${literal} ff`))
    expect(decoderOf().decode(all.subarray(2, -1))).toEqual(['custom-key', 'custom-header'])
  })

  test('may take a name from the table that its own field drives out', () => {
    const decoder = smaller(60)
    decoder.decode(bytes(literal))
    expect(decoder.decode(bytes('7e 0161'))).toEqual(['custom-key', 'a'])
    expect(tableContents(decoder)).toEqual(['custom-key', 'a'])
  })

  test('holds bytes beyond ASCII as Latin-1, in both forms of a string', () => {
    expect(decode('00 01ff 0280 e9')).toEqual(['\u00ff', '\u0080\u00e9'])
    // 0xe9 has the 24 bits of its own code; 0x0a has the longest, of 30.
    expect(decode('00 0161 84 ffff fff3')).toEqual(['a', '\n'])
  })

  test('keeps nothing of the bytes: what changes in them later changes nothing', () => {
    const decoder = decoderOf()
    const block = bytes(literal)
    const list = decoder.decode(block)
    block.fill(0)
    expect(list).toEqual(['custom-key', 'custom-header'])
    expect(tableContents(decoder)).toEqual(list)
  })
})

describe('the table', () => {
  test.each([
    [1, ':authority', ''],
    [14, ':status', '500'],
    [15, 'accept-charset', ''],
    [16, 'accept-encoding', 'gzip, deflate'],
    [61, 'www-authenticate', ''],
  ])('has what is always there at its beginning: %i', (index, name, value) => {
    expect(decoderOf().decode(indexed(index))).toEqual([name, value])
  })

  test('may be full to its last byte', () => {
    const decoder = smaller(68)
    decoder.decode(bytes('40 0161 0131 40 0162 0132'))
    expect(tableContents(decoder)).toEqual(['b', '2', 'a', '1'])
    decoder.decode(bytes('40 0163 23'.padEnd(80, '33')))
    expect(tableContents(decoder)).toEqual(['c', '3'.repeat(35)])
  })

  test('holds as many fields as it has 32 bytes, of those that are empty', () => {
    const decoder = decoderOf()
    for (let count = 0; count < 200; count++) decoder.decode(bytes('40 00 00'))
    expect(tableContents(decoder)).toEqual(Array.from({ length: 256 }, () => ''))
    decoder.decode(bytes('40 0161 00'))
    expect(tableContents(decoder).slice(0, 4)).toEqual(['a', '', '', ''])
    expect(tableContents(decoder)).toHaveLength(254)
  })

  test('forgets the oldest fields first, and all of them for one that is too large', () => {
    const decoder = smaller(72)
    decoder.decode(bytes('40 0161 0131 40 0162 0132'))
    expect(tableContents(decoder)).toEqual(['b', '2', 'a', '1'])
    decoder.decode(bytes('40 0163 0133'))
    expect(tableContents(decoder)).toEqual(['c', '3', 'b', '2'])
  })

  test('is emptied by a field that is larger than all of it, which is in the list still', () => {
    const decoder = smaller(34)
    decoder.decode(bytes('40 0161 0131'))
    expect(decoder.decode(bytes('40 0162 023132'))).toEqual(['b', '12'])
    expect(() => decoder.decode(indexed(62))).toThrow(HpackError)
  })

  test('becomes smaller and larger at the start of a block, any number of times', () => {
    const decoder = decoderOf()
    decoder.decode(bytes(literal))
    expect(decoder.decode(bytes('20 3fe11f 82'))).toEqual([':method', 'GET'])
    expect(() => decoder.decode(indexed(62))).toThrow(HpackError)
  })

  test('keeps what finds room in a smaller one', () => {
    const decoder = decoderOf()
    decoder.decode(bytes('40 0161 0131 40 0162 0132'))
    decoder.decode(bytes('3f03'))
    expect(tableContents(decoder)).toEqual(['b', '2'])
  })

  test('begins with no more than 4096 bytes, though more were announced', () => {
    const decoder = decoderOf(65_536)
    const field = [...bytes('40 0161 7f e10f'), ...Buffer.alloc(2144, 'x')]
    decoder.decode(Uint8Array.from(field))
    decoder.decode(Uint8Array.from(field))
    expect(tableContents(decoder)).toHaveLength(2)
    const larger = decoderOf(65_536)
    // 65536
    larger.decode(bytes('3fe1ff03'))
    larger.decode(Uint8Array.from(field))
    larger.decode(Uint8Array.from(field))
    expect(tableContents(larger)).toHaveLength(4)
  })

  test('of which less was announced has to be confirmed', () => {
    const why = new HpackError('the table has not become smaller')
    expect(() => decoderOf(16).decode(bytes('82'))).toThrow(why)
    expect(decoderOf(16).decode(bytes('30 82'))).toEqual([':method', 'GET'])
    expect(decoderOf(16).decode(bytes('20 82'))).toEqual([':method', 'GET'])
  })
})

describe('is refused', () => {
  test.each([
    ['the index 0', '80'],
    ['an index behind the static table', 'be'],
    ['an index behind the dynamic table', `${literal} bf`],
    ['a name by an index behind the static table', '7e 0161'],
    ['a name by a large index', '0f ff01 0161'],
  ])('%s', (_, hex) => {
    expect(() => decode(hex)).toThrow(new HpackError('an index leads nowhere'))
  })

  test.each([
    ['an integer beyond 2^28', 'ff ff ff ff ff 01'],
    ['an integer of more than five further bytes, though it is small', 'ff 80 80 80 80 80 00'],
    ['an integer without an end', `ff ${'ff'.repeat(1000)}`],
    ['a length beyond 2^28', '00 7f ff ff ff ff 01'],
    ['a size beyond 2^28', '3f ff ff ff ff 01'],
  ])('%s', (_, hex) => {
    expect(() => decode(hex)).toThrow(new HpackError('an integer is too large'))
  })

  test('a block that is cut anywhere amid a field', () => {
    const field = bytes(`40 88 25a8 49e9 5ba9 7d7f 7f0d ${'61'.repeat(140)}`)
    expect(decoderOf().decode(field)).toHaveLength(2)
    for (let length = 1; length < field.length; length++) {
      const cut = field.subarray(0, length)
      expect(() => decoderOf().decode(cut)).toThrow(new HpackError('a header block is cut short'))
    }
  })

  test.each([
    ['an index', 'ff'],
    ['an index that goes on', 'ff 80'],
    ['a size', '3f'],
    ['a name', '0f'],
  ])('%s that is cut short', (_, hex) => {
    expect(() => decode(hex)).toThrow(new HpackError('a header block is cut short'))
  })

  test.each(['82 20', `${literal} 3fe11f`, '20 82 20'])('a size amid a block: %s', (hex) => {
    const why = 'the size of the table changes amid a block'
    expect(() => decode(hex)).toThrow(new HpackError(why))
  })

  test('a size beyond what was announced', () => {
    expect(decode('3fe11f')).toEqual([])
    expect(() => decode('3fe21f')).toThrow(new HpackError('the table is to be too large'))
  })

  test.each([
    ['the whole of its own end', '84 ffff ffff'],
    ['its own end after a character', '85 1fff ffff ff'],
    ['its own end amid others', '87 ffff fffc 63c6 3f'],
    ['padding of eight ones', '82 1fff'],
    ['nothing but padding of eight ones', '81 ff'],
    ['padding that is zeros', '81 18'],
    ['padding with a zero', '81 1e'],
    ['half a character, which is no padding', '82 fffe'],
  ])('a Huffman string with %s', (_, hex) => {
    const why = 'a Huffman string holds its own end, or ends amid a character'
    expect(() => decode(`00 0161 ${hex}`)).toThrow(new HpackError(why))
    expect(() => decode(`00 ${hex} 0161`)).toThrow(new HpackError(why))
  })
})

describe('a list', () => {
  const tooLong = new HpackError('a list of headers is too long')

  test('may be as long as it may: names, values and 32 for each', () => {
    expect(decoderOf(4096, 34).decode(bytes('00 0161 0162'))).toEqual(['a', 'b'])
    expect(decoderOf(4096, 84).decode(bytes('82 82'))).toHaveLength(4)
  })

  test.each([
    ['by its pairs', 83, '82 82'],
    ['by the 32 of a pair', 33, '00 0161 0162'],
    ['by a name', 64, `00 41 ${'61'.repeat(65)} 00`],
    ['by a value', 64, `00 0161 40 ${'61'.repeat(64)}`],
    ['by a value in the Huffman code', 64, `00 0161 a8 ${'18c6318c63'.repeat(8)}`],
    ['by a name in the Huffman code', 63, `00 a8 ${'18c6318c63'.repeat(8)} 00`],
    ['by what the table repeats', 4095, `40 0161 6e ${'62'.repeat(110)} ${'be'.repeat(28)}`],
  ])('is refused beyond it: %s', (_, maxListSize, hex) => {
    expect(() => decoderOf(4096, maxListSize).decode(bytes(hex))).toThrow(tooLong)
  })

  test('may hold a string of megabytes, when it may be that long', () => {
    const value = Buffer.from('18c6318c63'.repeat(200_000), 'hex')
    const block = Buffer.concat([bytes('00 0161 ff c183 3d'), value])
    const [, decoded] = decoderOf(4096, 2_000_000).decode(block)
    expect(decoded).toBe('a'.repeat(1_600_000))
    expect(() => decoderOf(4096, 1_600_032).decode(block)).toThrow(tooLong)
  })
})
