import { expect, test } from 'vitest'

import { lossyText } from '../../src/encoding/lossy-text.ts'

// What Go's json.Unmarshal makes of a string with these bytes.
test.each<[string, number[], string]>([
  ['plain text', [0x61, 0xc3, 0xa9], 'aé'],
  ['a byte order mark', [0xef, 0xbb, 0xbf, 0x61], '\uFEFFa'],
  ['a byte that begins nothing', [0x61, 0x80, 0x62], 'a\uFFFDb'],
  ['two bytes of three', [0xe2, 0x82, 0x61], '\uFFFD\uFFFDa'],
  ['three bytes of four at the end', [0xf0, 0x9f, 0x98], '\uFFFD\uFFFD\uFFFD'],
  ['a half of a pair', [0xed, 0xa0, 0x80], '\uFFFD\uFFFD\uFFFD'],
  ['a sequence that is too long', [0xc0, 0xaf], '\uFFFD\uFFFD'],
  ['the character that stands for others', [0xef, 0xbf, 0xbd, 0xff], '\uFFFD\uFFFD'],
  ['a character of four bytes', [0xf0, 0x9f, 0x98, 0x80, 0xff], '\u{1F600}\uFFFD'],
])('%s', (_, bytes, text) => {
  expect(lossyText(Uint8Array.from(bytes))).toBe(text)
})
