import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { parseRfc3339, zeroTime } from '../../src/api/rfc3339.ts'
import { besideClientGo, hasOracle } from '../cluster/oracle.ts'
import { Oracle } from './ask.ts'
import { runs } from './runs.ts'

const digits = (least: number, most: number, width: number): fc.Arbitrary<string> =>
  fc
    .oneof(
      { weight: 8, arbitrary: fc.integer({ min: least, max: most }) },
      { weight: 1, arbitrary: fc.integer({ min: 0, max: 10 ** width - 1 }) },
    )
    .map((value) => String(value).padStart(width, '0'))

const fraction = fc.oneof(
  { weight: 2, arbitrary: fc.constant('') },
  fc.stringMatching(/^[.,][0-9]{1,12}$/u),
  fc.constantFrom('.', ',', '.5.5', '.x'),
)

const zone = fc.oneof(
  { weight: 3, arbitrary: fc.constant('Z') },
  fc
    .tuple(fc.constantFrom('+', '-'), digits(0, 24, 2), digits(0, 60, 2))
    .map(([sign, hours, minutes]) => `${sign}${hours}:${minutes}`),
  fc.constantFrom('', 'z', '+0100', '+1:00', ' Z', 'ZZ', '+01', '\u221201:00'),
)

const hour = fc.oneof(
  { weight: 4, arbitrary: digits(0, 23, 2) },
  fc.constantFrom('5', '24', '99', '005'),
)

const timestamp = fc
  .tuple(
    digits(1, 9999, 4),
    digits(1, 12, 2),
    digits(1, 31, 2),
    fc.constantFrom('T', 'T', 'T', 't', ' '),
    hour,
    digits(0, 59, 2),
    digits(0, 59, 2),
    fraction,
    zone,
  )
  .map(
    ([year, month, day, t, hours, minutes, seconds, part, where]) =>
      `${year}-${month}-${day}${t}${hours}:${minutes}:${seconds}${part}${where}`,
  )

const damaged = fc
  .tuple(
    timestamp,
    fc.nat(40),
    fc.nat(2),
    fc.constantFrom('', '0', ':', '-', ' ', 'T', '٣', '\u0000'),
  )
  .map(([text, at, drop, put]) => text.slice(0, at) + put + text.slice(at + drop))

describe.skipIf(!hasOracle())(besideClientGo('beside client-go'), () => {
  const oracle = new Oracle()

  async function theirs(text: string): Promise<number | null | undefined> {
    const { value, panic } = await oracle.ask({ time: { text } })
    if (panic !== undefined) throw new Error(panic)
    // The oracle's values.go gives this field.
    return (value as { ms: number | null } | undefined)?.ms
  }

  function ours(text: string): number | null | undefined {
    const ms = parseRfc3339(text)
    return ms === zeroTime ? null : ms
  }

  test('any timestamp is the same moment, or refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof({ weight: 2, arbitrary: timestamp }, damaged), async (text) => {
        expect(ours(text)).toBe(await theirs(text))
      }),
      runs(8000),
    )
  })
})
