import { describe, expect, test } from 'vitest'
import { closingLine, countsOfRun, readClosingLine } from '../../scripts/suite/counts.ts'
import { plantedSecret, SecretWatch } from '../../scripts/suite/planted-secret.ts'

describe('closing line', () => {
  const counts = { passed: 12, failed: 1, skipped: 3 }

  test('can be read back', () => {
    expect(closingLine(counts)).toBe('12 passed, 1 failed, 3 skipped')
    expect(readClosingLine(`${closingLine(counts)}\n`)).toEqual(counts)
    expect(readClosingLine('Tests  12 passed, 1 failed')).toBeUndefined()
  })

  test('tells of a failure that no test saw', () => {
    const good = { passed: 2, failed: 0, skipped: 0 }
    expect(countsOfRun(good, true)).toEqual(good)
    expect(countsOfRun(good, false)).toEqual({ ...good, failed: 1 })
    expect(countsOfRun(counts, false)).toEqual(counts)
  })

  test('calls a run without a test failed', () => {
    expect(countsOfRun(undefined, true).failed).toBe(1)
    expect(countsOfRun({ passed: 0, failed: 0, skipped: 0 }, true).failed).toBe(1)
  })
})

describe('secret watch', () => {
  function finds(...chunks: string[]): boolean {
    const watch = new SecretWatch()
    for (const chunk of chunks) watch.see(chunk)
    return watch.found
  }

  test('finds the marker, also across chunks', () => {
    expect(finds('all is well')).toBe(false)
    expect(finds(`token: ${plantedSecret}-1`)).toBe(true)
    expect(finds(plantedSecret.slice(0, 9), plantedSecret.slice(9))).toBe(true)
  })

  test.each([0, 1, 2, 3, 4])('finds the marker in base64 with %i bytes before it', (before) => {
    const text = `${'a'.repeat(before)}${plantedSecret}-key`
    expect(finds(Buffer.from(text).toString('base64'))).toBe(true)
  })
})
