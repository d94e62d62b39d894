import { describe, expect, test } from 'vitest'

import { stderrTarget } from '../../src/exec/stderr-target.ts'

const forward = (): void => undefined
const sink = (): void => undefined

describe('stderrTarget', () => {
  test('hands a terminal down', () => {
    expect(stderrTarget('inherit', true, forward)).toBe('inherit')
  })

  test('forwards to anything else, so that the last lines are known', () => {
    expect(stderrTarget('inherit', false, forward)).toBe(forward)
  })

  test.each([true, false])('gives the bytes to the program when it asks for them', (isTerminal) => {
    expect(stderrTarget(sink, isTerminal, forward)).toBe(sink)
  })

  test('drops the bytes when told so', () => {
    const written: Uint8Array[] = []
    const target = stderrTarget('ignore', true, (chunk) => written.push(chunk))
    if (target !== 'inherit') target(new Uint8Array([1]))
    expect([typeof target, written]).toEqual(['function', []])
  })

  test('writes to this process when it is told nothing else', () => {
    const target = stderrTarget('inherit', false)
    expect(() => target !== 'inherit' && target(new Uint8Array())).not.toThrow()
  })
})
