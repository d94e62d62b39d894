import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { parseRfc3339, zeroTime } from '../../src/api/rfc3339.ts'

// Each pair was printed by Go's time.Parse(time.RFC3339, …).UnixMilli().
const accepted: readonly (readonly [text: string, ms: number])[] = [
  ['2026-02-28T15:04:05Z', 1_772_291_045_000],
  ['2026-02-28T15:04:05.123+01:30', 1_772_285_645_123],
  ['2024-02-29T5:00:00,5Z', 1_709_182_800_500],
  ['0001-01-01T00:00:00Z', zeroTime],
  ['0000-02-29T23:59:59-24:60', -62_161_945_201_000],
  ['0099-04-30T00:00:00Z', -59_032_713_600_000],
  ['2026-12-31T23:59:59.9999999999Z', 1_798_761_599_999],
  ['1969-12-31T23:59:59.9995Z', -1],
  ['2026-04-30T00:00:00-00:00', 1_777_507_200_000],
  ['2026-04-30T0:00:00+24:00', 1_777_420_800_000],
  ['2026-04-30T00:00:00.1234+24:00', 1_777_420_800_123],
]

const refused: readonly string[] = [
  '',
  'never',
  '2026-02-29T00:00:00Z',
  '2026-04-31T00:00:00Z',
  '2026-00-10T00:00:00Z',
  '2026-13-10T00:00:00Z',
  '2026-01-00T00:00:00Z',
  '2026-01-01T00:00:60Z',
  '2026-01-01T00:60:00Z',
  '2026-01-01T24:00:00Z',
  '2026-04-30T00:00:00+25:00',
  '2026-04-30T00:00:00+00:61',
  '2026-04-30T00:00:00+0100',
  '2026-04-30T00:00:00',
  '2026-04-30T00:00:00.Z',
  '2026-04-30t00:00:00Z',
  '2026-04-30T00:00:00z',
  '2026-04-30 00:00:00Z',
  '2026-4-30T00:00:00Z',
  '2026-04-30T00:00Z',
  '2026-04-30T00:00:00Z ',
  '2026-04-30T00:00:00Z\n',
  '+026-04-30T00:00:00Z',
  '1767225600',
]

describe('parseRfc3339', () => {
  test.each(accepted)('reads %s as Go does', (text, ms) => {
    expect(parseRfc3339(text)).toBe(ms)
  })

  test.each(refused)('refuses %j as Go does', (text) => {
    expect(parseRfc3339(text)).toBeUndefined()
  })

  test('reads whatever JavaScript writes as a date of four digits', () => {
    const min = new Date('0000-01-01T00:00:00Z')
    const max = new Date('9999-12-31T23:59:59.999Z')
    fc.assert(
      fc.property(fc.date({ min, max, noInvalidDate: true }), (date) => {
        expect(parseRfc3339(date.toISOString())).toBe(date.getTime())
      }),
    )
  })
})
