import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { HpackDecoder } from '../../src/hpack/decoder.ts'
import { HpackEncoder } from '../../src/hpack/encoder.ts'
import { HpackError } from '../../src/hpack/error.ts'
import { headerList, steps, tableSize } from './lists.ts'
import { sizeOf, tableContents } from './table-contents.ts'

const maxListSize = 200_000

describe('an encoder and a decoder', () => {
  test('agree on each list, however the sizes of the table change', () => {
    fc.assert(
      fc.property(steps, (sent) => {
        const encoder = new HpackEncoder()
        const decoder = new HpackDecoder({ maxTableSize: 4096, maxListSize })
        let allowed = 4096
        for (const { sizes, list } of sent) {
          for (const size of sizes) encoder.setMaxTableSize(size)
          allowed = sizes.at(-1) ?? allowed
          expect(decoder.decode(encoder.encode(list))).toEqual(list)
          expect(sizeOf(tableContents(decoder))).toBeLessThanOrEqual(Math.min(allowed, 4096))
        }
      }),
      { numRuns: 300 },
    )
  })
})

/** A block that begins as blocks do, and goes on as it likes. */
const block = fc.oneof(
  fc.uint8Array({ maxLength: 60 }),
  fc
    .tuple(headerList, fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 3 }))
    .map(([list, place, bytes]) => {
      const valid = new HpackEncoder().encode(list)
      const at = place % (valid.length + 1)
      return Buffer.concat([valid.subarray(0, at), bytes, valid.subarray(at + bytes.length)])
    }),
)

describe('a decoder', () => {
  test('gives a list or an HpackError for any bytes, and keeps within its limits', () => {
    fc.assert(
      fc.property(fc.array(block, { maxLength: 10 }), tableSize, (blocks, maxTableSize) => {
        const decoder = new HpackDecoder({ maxTableSize, maxListSize: 1000 })
        for (const bytes of blocks) {
          const list = outcome(() => decoder.decode(bytes))
          if (list === undefined) break
          expect(sizeOf(list)).toBeLessThanOrEqual(1000)
          expect(sizeOf(tableContents(decoder))).toBeLessThanOrEqual(maxTableSize)
        }
      }),
      { numRuns: 2000 },
    )
  })
})

function outcome(decode: () => string[]): string[] | undefined {
  try {
    return decode()
  } catch (error) {
    if (error instanceof HpackError) return undefined
    throw error
  }
}
