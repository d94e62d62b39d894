import { expect, test } from 'vitest'

import { printable } from '../../src/api/printable.ts'

test.each([
  ['moves the cursor', 'a\u001b[2Ab\rc', 'a\uFFFD[2Ab\uFFFDc'],
  ['sets the title', '\u001b]0;t\u0007\u009b', '\uFFFD]0;t\uFFFD\uFFFD'],
  ['turns the direction', 'for\u202eevil\u2066s\u200f', 'for\uFFFDevil\uFFFDs\uFFFD'],
])('a text that %s does not', (_, text, shown) => {
  expect(printable(text)).toBe(shown)
})

test('lines, tabs and writing of all directions stay as they are', () => {
  const text = 'a\tb\nשלום مرحبا 👩‍💻'
  expect(printable(text)).toBe(text)
})
