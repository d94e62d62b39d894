import { describe, expect, test } from 'vitest'

import {
  ConnectionWindow,
  firstWindow,
  SpareBytes,
  StreamWindow,
} from '../../src/http2/receive-windows.ts'

const mebibyte = 2 ** 20

/** Reads as much as it may for as long as its window grows; how wide that has become. */
function grow(window: StreamWindow): number {
  let open = firstWindow
  for (let round = 0; round < 10; round++) {
    window.receive(open)
    open = window.read(open)
  }
  return open
}

describe('the window of a stream', () => {
  test('grows to 4 MiB', () => {
    expect(grow(new StreamWindow(new SpareBytes()))).toBe(4 * mebibyte)
  })

  test('is given back when half of it was read, and not sooner', () => {
    const window = new StreamWindow(new SpareBytes())
    window.receive(firstWindow)
    expect(window.read(firstWindow / 2 - 1)).toBe(0)
    expect(window.read(1)).toBe(firstWindow / 2 + firstWindow)
  })

  test('stays as it is when there is nothing to spare, and grows when there is again', () => {
    const spare = new SpareBytes()
    const windows = Array.from({ length: 8 }, () => new StreamWindow(spare))
    const sizes = windows.map(grow)
    expect(sizes.reduce((one, other) => one + other)).toBeLessThanOrEqual(
      16 * mebibyte + windows.length * firstWindow,
    )
    expect(sizes.at(-1)).toBe(firstWindow)
    windows[0]?.close()
    const [, , , , , , , last] = windows
    last?.receive(firstWindow)
    expect(last?.read(firstWindow)).toBe(2 * firstWindow)
  })

  test('takes nothing from the others once its stream is over', () => {
    const spare = new SpareBytes()
    for (let index = 0; index < 1000; index++) {
      const window = new StreamWindow(spare)
      window.receive(firstWindow)
      window.close()
      // What was held is read later.
      expect(window.read(firstWindow)).toBe(0)
    }
    expect(grow(new StreamWindow(spare))).toBe(4 * mebibyte)
  })

  test('takes exactly what was allowed', () => {
    const window = new StreamWindow(new SpareBytes())
    window.receive(firstWindow)
    expect(() => window.receive(1)).toThrow(expect.objectContaining({ errorCode: 3 }))
  })
})

test('the window of a connection is 16 MiB, given back as it comes', () => {
  const window = new ConnectionWindow()
  expect(window.more + 65_535).toBe(16 * mebibyte)
  expect(window.receive(8 * mebibyte - 1)).toBe(0)
  expect(window.receive(1)).toBe(8 * mebibyte)
  expect(window.receive(8 * mebibyte)).toBe(8 * mebibyte)
})
