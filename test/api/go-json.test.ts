import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { goJson, goStruct } from '../../src/api/go-json.ts'
import type { JsonValue } from '../../src/api/json.ts'

// Each pair was printed by Go's encoding/json, without the line end of its encoder.
const fromGo: readonly (readonly [input: string, output: string])[] = [
  [
    '{"b":1,"a":{"9":2,"10":1,"z":[true,null,"<&>"]}}',
    '{"a":{"10":1,"9":2,"z":[true,null,"\\u003c\\u0026\\u003e"]},"b":1}',
  ],
  ['"a\\u2028b\\u2029c"', '"a\\u2028b\\u2029c"'],
  [
    '"\\u0000\\b\\f\\n\\r\\t\\u001f\\u007f\\"\\\\/é😀"',
    '"\\u0000\\b\\f\\n\\r\\t\\u001f\u007F\\"\\\\/é😀"',
  ],
  ['"\\ud800x"', '"\uFFFDx"'],
  ['{"😀":1,"\uFFEE":2}', '{"\uFFEE":2,"😀":1}'],
  [
    '[1e21,1e-7,1e20,123456789012345680000,0.000001,1.5,-0.0,5e-324,1.7976931348623157e308,1e2]',
    '[1e+21,1e-7,100000000000000000000,123456789012345680000,0.000001,1.5,-0,5e-324,1.7976931348623157e+308,100]',
  ],
  ['{}', '{}'],
  ['[]', '[]'],
  ['""', '""'],
]

describe('goJson', () => {
  test.each(fromGo)('writes %s as Go does', (input, output) => {
    const value: JsonValue = JSON.parse(input)
    expect(goJson(value)).toBe(output)
  })

  test('writes JSON that reads back as the same value', () => {
    fc.assert(
      fc.property(fc.json({ stringUnit: 'grapheme' }), (text) => {
        const value: JsonValue = JSON.parse(text)
        expect(JSON.parse(goJson(value))).toEqual(value)
      }),
      { numRuns: 50 },
    )
  })

  test('leaves nothing in the text that HTML or a script would read as its own', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(goJson(text)).not.toMatch(/[<>&\u2028\u2029]/u)
      }),
    )
  })

  test('refuses a number that JSON cannot hold', () => {
    expect(() => goJson(Number.NaN)).toThrow(new TypeError('json: unsupported value: NaN'))
  })
})

describe('goStruct', () => {
  test('keeps the order of its members', () => {
    expect(
      goStruct([
        ['kind', goJson('K')],
        ['apiVersion', goJson('<v1>')],
        ['10', '1'],
        ['9', '2'],
      ]),
    ).toBe('{"kind":"K","apiVersion":"\\u003cv1\\u003e","10":1,"9":2}')
  })
})
