import { expect, test } from 'vitest'

import { printableText, quotedIfHarmless } from '../../src/encoding/printable-text.ts'

test('control and format characters are written out as Go does', () => {
  expect(printableText('\u001B[1mbold\u0007 \u200B\u0085\u{E0001}')).toBe(
    'U+001B[1mboldU+0007 U+200BU+0085U+E0001',
  )
})

test('text, line ends and tabs stay', () => {
  const text = 'Install it:\n\tbrew install æ€漢\u{1F600}\u2028\r\n'
  expect(printableText(text)).toBe(text)
})

test('a word is quoted only if it cannot be a secret of any kind but the plainest', () => {
  expect(quotedIfHarmless('client.authentication.k8s.io/v2')).toBe(
    '"client.authentication.k8s.io/v2"',
  )
  expect(quotedIfHarmless('a b')).toBe('(3 characters)')
  expect(quotedIfHarmless('a'.repeat(81))).toBe('(81 characters)')
})
