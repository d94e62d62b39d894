import fc from 'fast-check'
import { expect, test } from 'vitest'

import { HeldBody } from '../../src/http2/held-body.ts'

function takeAll(held: HeldBody): Buffer[] {
  const pieces: Buffer[] = []
  for (let piece = held.shift(); piece !== undefined; piece = held.shift()) pieces.push(piece)
  return pieces
}

test('gives back the bytes that it was given, in their order', () => {
  const chunks = fc.array(fc.uint8Array({ minLength: 1, maxLength: 9000 }), { maxLength: 50 })
  fc.assert(
    fc.property(chunks, (given) => {
      const held = new HeldBody()
      for (const chunk of given) held.add(Buffer.from(chunk))
      expect(held.isEmpty).toBe(given.length === 0)
      expect(Buffer.concat(takeAll(held))).toEqual(Buffer.concat(given))
      expect(held.isEmpty).toBe(true)
    }),
  )
})

test('holds few pieces, in however small ones they come', () => {
  const held = new HeldBody()
  for (let index = 0; index < 256 * 1024; index++) held.add(Buffer.from([index & 255]))
  const pieces = takeAll(held)
  expect(pieces.length).toBeLessThan(100)
  expect(Buffer.concat(pieces).every((byte, index) => byte === (index & 255))).toBe(true)
})

test('keeps what it was given as it was', () => {
  const held = new HeldBody()
  const chunk = Buffer.from('hello')
  held.add(chunk)
  chunk.fill('x')
  expect(takeAll(held).toString()).toBe('hello')
})

test('forgets all of it when nobody wants it any more', () => {
  const held = new HeldBody()
  held.add(Buffer.from('hello'))
  held.clear()
  expect([held.isEmpty, held.shift()]).toEqual([true, undefined])
})
