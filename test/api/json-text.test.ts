import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import {
  deepestJson,
  isTooDeep,
  itemsOf,
  membersOf,
  stringOf,
  wholeValue,
  type JsonSpan,
} from '../../src/api/json-text.ts'

function valueOf(text: string, span: JsonSpan): unknown {
  if (span.kind === 'array') return itemsOf(text, span).map((item) => valueOf(text, item))
  if (span.kind !== 'object') return JSON.parse(text.slice(span.start, span.end))
  const members = membersOf(text, span)
  return Object.fromEntries(members.map(({ name, value }) => [name, valueOf(text, value)]))
}

describe('a JSON text', () => {
  test('is taken apart as JSON.parse takes it', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(0, 1, '\t'), (json, indent) => {
        const text = ` ${JSON.stringify(JSON.parse(json), null, indent)}\n`
        expect(valueOf(text, wholeValue(text))).toEqual(JSON.parse(text))
      }),
    )
  })

  test('keeps members that come again, in order', () => {
    const text = '{"a" : 1 , "b":[ {} ,2 ], "a":"}\\"{"}'
    const members = membersOf(text, wholeValue(text))
    expect(members.map(({ name }) => name)).toEqual(['a', 'b', 'a'])
    expect(members.map(({ value }) => text.slice(value.start, value.end))).toEqual([
      '1',
      '[ {} ,2 ]',
      '"}\\"{"',
    ])
  })

  test('has half characters replaced', () => {
    const text = '"\\ud800x"'
    expect(stringOf(text, wholeValue(text))).toBe('\uFFFDx')
  })

  test('is too deep where it is for Go', () => {
    expect(isTooDeep('['.repeat(deepestJson) + ']'.repeat(deepestJson))).toBe(false)
    expect(isTooDeep('['.repeat(deepestJson + 1))).toBe(true)
    expect(isTooDeep(JSON.stringify('['.repeat(deepestJson + 1)))).toBe(false)
    expect(isTooDeep('[]'.repeat(deepestJson + 1))).toBe(false)
  })
})
