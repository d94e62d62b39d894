import { describe, expect, test } from 'vitest'

import { cleanInstallHint, createInstallHelp } from '../../src/exec/install-hint.ts'
import { printableText } from '../../src/encoding/printable-text.ts'
import { createFakeClock } from '../../src/testing/fake-clock.ts'

// What client-go's TestInstallHintRateLimit and TestCleanANSIEscapeCodes assert.

const minute = 60_000

describe('help for a plugin that is missing is given', () => {
  test('ten times at most', () => {
    expect(timesHelped(100, 0)).toBe(10)
  })

  test('ten times more in the next hour', () => {
    // The 61st call is the first of the second hour.
    expect(timesHelped(120, minute)).toBe(20)
  })
})

/** How many of so many calls, each so long after the last, get help. */
function timesHelped(calls: number, apartMs: number): number {
  const clock = createFakeClock()
  const help = createInstallHelp('some install hint', clock)
  let helped = 0
  for (let call = 0; call < calls; call++) {
    if (help().includes('some install hint')) helped++
    clock.advance(apartMs)
  }
  return helped
}

describe.each([
  ['a run', cleanInstallHint],
  ['a kubeconfig', printableText],
])('of a hint in the words of %s', (_where, clean) => {
  test.each([
    [
      'bold letters are written out',
      '\u001B[1mbold tuna\u001B[0m, fish, \u001B[1mbold marlin\u001B[0m',
      'U+001B[1mbold tunaU+001B[0m, fish, U+001B[1mbold marlinU+001B[0m',
    ],
    [
      'movements of the cursor are written out',
      '\u001B[2Aup up, \u001B[2Cright right',
      'U+001B[2Aup up, U+001B[2Cright right',
    ],
    ['an order to clear the screen is written out', 'clear: \u001B[2J', 'clear: U+001B[2J'],
  ])('%s', (_what, hint, cleaned) => {
    expect(clean(hint)).toBe(cleaned)
  })

  test.each([
    ['white space', 'tuna\nfish\r\nmarlin\t\r\ntuna\vfish\fmarlin'],
    ['letters', 'alpha: α, beta: β, gamma: γ'],
    ['marks', 'tu\u0301na, fi\u0302sh, ma\u030Arlin'],
    ['numbers', 't1na, f2sh, m3rlin, t12a, f34h, m56lin, t123, f456, m567n'],
    ['punctuation', '"here\'s a sentence; with! some...punctuation ;)"'],
    ['symbols', '∫₁ⁿ f(x) dx ≈ ∑ₐ₌₁ⁿ f(x), a ∈ ℕ, n ∈ ℕ'],
    ['separators', 'a paragraph\u2029and\u2003some\u2003em\u2003spaces'],
  ])('%s stay', (_what, hint) => {
    expect(clean(hint)).toBe(hint)
  })
})
