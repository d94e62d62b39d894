import { expect, test } from 'vitest'

import { goQuote } from '../../src/encoding/go-quote.ts'

// What `fmt.Sprintf("%q", …)` of Go 1.24 gives.
test.each([
  ['plain', '"plain"'],
  ['a"b\\c', '"a\\"b\\\\c"'],
  ['\u0007\b\f\n\r\t\v', '"\\a\\b\\f\\n\\r\\t\\v"'],
  ['\u0000\u0001\u007F', '"\\x00\\x01\\x7f"'],
  ['é日😀', '"é日😀"'],
  ['\u2028\u00A0\u00AD\uFEFF', '"\\u2028\\u00a0\\u00ad\\ufeff"'],
  ['\u{E0001}\u3000\u200B', '"\\U000e0001\\u3000\\u200b"'],
  ['a b', '"a b"'],
  ['\u0378', '"\\u0378"'],
])('%j is quoted as by Go', (text, quoted) => {
  expect(goQuote(text)).toBe(quoted)
})

test('a lone surrogate is quoted as the replacement character, which Go reads it as', () => {
  expect(goQuote('x\uD800y')).toBe('"x\uFFFDy"')
})
