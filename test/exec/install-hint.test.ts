import { describe, expect, test } from 'vitest'

import { cleanInstallHint, createInstallHelp } from '../../src/exec/install-hint.ts'
import { createFakeClock } from '../../src/testing/fake-clock.ts'

describe('cleanInstallHint', () => {
  test.each([
    ['brew install x\n\tthen: é 漢 😀 $ « »', 'brew install x\n\tthen: é 漢 😀 $ « »'],
    ['\u001B[31mred\u0007', 'U+001B[31mredU+0007'],
    ['a\u200Db\u{E0001}c\u{10FFFF}', 'aU+200DbU+E0001cU+10FFFF'],
    ['\uD800', '\uFFFD'],
  ])('makes %j safe to print', (hint, clean) => {
    expect(cleanInstallHint(hint)).toBe(clean)
  })
})

describe('createInstallHelp', () => {
  test('gives the words of client-go and those of the vendor', () => {
    const help = createInstallHelp('brew install x', createFakeClock())()
    expect(help).toMatch(
      /^\n\nIt looks like you are trying to use a client-go credential plugin that is not installed\./u,
    )
    expect(help).toMatch(/\n\nbrew install x$/u)
  })

  test('gives the words of client-go alone when the vendor has none', () => {
    expect(createInstallHelp('', createFakeClock())()).toMatch(/#client-go-credential-plugins$/u)
  })

  test('helps ten times an hour', () => {
    const clock = createFakeClock()
    const help = createInstallHelp('hint', clock)
    const timesHelped = (): number =>
      Array.from({ length: 20 }, help).filter((text) => text !== '').length
    expect(timesHelped()).toBe(10)
    clock.advance(3_599_999)
    expect(timesHelped()).toBe(0)
    clock.advance(1)
    expect(timesHelped()).toBe(10)
  })
})
