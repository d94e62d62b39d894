import fc from 'fast-check'
import { expect, test } from 'vitest'

import { FrameReader, type Frame } from '../../src/http2/frame-reader.ts'
import { frame, largestPayload } from '../../src/http2/frames.ts'
import { cut } from '../http1/cut.ts'

const byte = fc.integer({ min: 0, max: 255 })
const stream = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 2 ** 31 - 1 }))
const payload = fc.oneof(
  { weight: 8, arbitrary: fc.uint8Array({ maxLength: 40 }) },
  { weight: 1, arbitrary: fc.uint8Array({ minLength: 16_000, maxLength: largestPayload }) },
  { weight: 1, arbitrary: fc.constant(new Uint8Array(largestPayload)) },
)
const frames = fc.array(fc.record({ type: byte, flags: byte, stream, payload }), { maxLength: 12 })

function readAll(chunks: Iterable<Buffer>): Frame[] {
  const all: Frame[] = []
  const reader = new FrameReader((each) =>
    all.push({ ...each, payload: Buffer.from(each.payload) }),
  )
  for (const chunk of chunks) reader.read(chunk)
  return all
}

test('finds the same frames however what comes is cut', () => {
  const cuts = fc.array(fc.nat({ max: 40_000 }), { maxLength: 30 })
  fc.assert(
    fc.property(frames, cuts, (sent, places) => {
      const bytes = Buffer.concat(
        sent.map((each) => frame(each.type, each.flags, each.stream, each.payload)),
      )
      const expected = sent.map((each) => ({ ...each, payload: Buffer.from(each.payload) }))
      const pieces = cut(bytes.toString('latin1'), places)
      const chunks = pieces.map((piece) => Buffer.from(piece, 'latin1'))
      expect(readAll(chunks)).toEqual(expected)
    }),
  )
})

test('finds the same frames in single bytes', () => {
  const bytes = Buffer.concat([
    frame(4, 0, 0, Buffer.alloc(0)),
    frame(0, 1, 5, Buffer.from('hello')),
    frame(255, 255, 2 ** 31 - 1, Buffer.alloc(300, 7)),
    frame(4, 1, 0, Buffer.alloc(0)),
  ])
  const single = [...bytes].map((each) => Buffer.from([each]))
  expect(readAll(single)).toEqual(readAll([bytes]))
  expect(readAll(single).map(({ payload: { length } }) => length)).toEqual([0, 5, 300, 0])
})

test('takes the first bit of the number of a stream for nothing', () => {
  const bytes = frame(0, 0, 3, Buffer.alloc(0))
  bytes.writeUInt32BE(0x80000003, 5)
  expect(readAll([bytes])[0]?.stream).toBe(3)
})

test.each([
  ['at once', (bytes: Buffer) => [bytes]],
  ['before its payload has come', (bytes: Buffer) => [bytes.subarray(0, 9)]],
  ['whose head comes in two', (bytes: Buffer) => [bytes.subarray(0, 2), bytes.subarray(2)]],
])('refuses a frame that is longer than it may be, %s', (_, piecesOf) => {
  const bytes = frame(0, 0, 1, Buffer.alloc(largestPayload + 1))
  expect(() => readAll(piecesOf(bytes))).toThrow(expect.objectContaining({ errorCode: 6 }))
})

test('takes none of a chunk after one that is refused', () => {
  const one = frame(0, 0, 1, Buffer.alloc(0))
  let taken = 0
  const reader = new FrameReader(() => {
    taken++
    throw new Error('not this one')
  })
  expect(() => reader.read(Buffer.concat([one, one]))).toThrow('not this one')
  expect(taken).toBe(1)
})
