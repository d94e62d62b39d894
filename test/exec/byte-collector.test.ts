import { describe, expect, test } from 'vitest'

import { ByteCollector, ByteTail } from '../../src/exec/byte-collector.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

describe('ByteCollector', () => {
  test('collects up to the limit and refuses what goes beyond it', () => {
    const collector = new ByteCollector(5)
    expect([collector.add(bytes('abc')), collector.add(bytes('de'))]).toEqual([true, true])
    expect(collector.add(bytes('f'))).toBe(false)
    expect(Buffer.from(collector.bytes()).toString()).toBe('abcde')
  })
})

describe('ByteTail', () => {
  test('keeps all of a short text', () => {
    const tail = new ByteTail(100)
    tail.add(bytes('one\n'))
    tail.add(bytes('two'))
    expect(tail.text()).toBe('one\ntwo')
  })

  test('keeps only whole lines of a long one, so that no token is cut in two', () => {
    const tail = new ByteTail(10)
    tail.add(bytes('password=hunter2\nbad\n'))
    expect(tail.text()).toBe('bad\n')
    tail.add(bytes('x'.repeat(20)))
    expect(tail.text()).toBe('')
  })
})
