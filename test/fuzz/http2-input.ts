import fc from 'fast-check'

import { frame, pingFrame, resetFrame, settingsAck, windowFrame } from '../../src/http2/frames.ts'
import {
  blockFrame,
  dataFrame,
  goAwayAfter,
  headerBlock,
  headFrame,
  restFrame,
  settingsFrame,
} from '../http2/server-frames.ts'
import { mutated, mutation } from '../oracle/mutations.ts'

const stream = fc.constantFrom(1, 3, 5, 1, 3, 5, 0, 2, 7)
const seldom = fc.constantFrom(false, false, false, true)
const options = fc.record({
  ends: fc.boolean(),
  goesOn: seldom,
  priority: seldom,
  padding: fc.constantFrom(0, 1, 255),
})
const fields = fc.constantFrom(
  [':status', '200'],
  [':status', '200', 'content-length', '5'],
  [':status', '103', 'link', '</a>'],
  [':status', '204'],
  ['x-sum', '1'],
  [':status', '200', 'Connection', 'close'],
)
const number = fc.oneof(fc.nat({ max: 10 }), fc.nat({ max: 2 ** 31 - 1 }))
const bytes = fc.uint8Array({ maxLength: 40 })
const body = fc.constantFrom('hello', 'he', 'llo', '', 'x'.repeat(16_000))

/** A frame as a server may send one, in its place or not. */
const anyFrame: fc.Arbitrary<Uint8Array> = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(stream, fields, options).map((of) => headFrame(...of)) },
  { weight: 8, arbitrary: fc.tuple(stream, body, options).map((of) => dataFrame(...of)) },
  { weight: 1, arbitrary: fc.tuple(stream, bytes, options).map((of) => blockFrame(...of)) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(stream, fields, options)
      .map(([id, list, option]) => restFrame(id, headerBlock(list), option)),
  },
  { weight: 1, arbitrary: fc.tuple(fc.nat({ max: 9 }), number).map((of) => settingsFrame(...of)) },
  { weight: 1, arbitrary: fc.tuple(stream, number).map((of) => resetFrame(...of)) },
  { weight: 1, arbitrary: fc.tuple(stream, number).map((of) => windowFrame(...of)) },
  { weight: 1, arbitrary: fc.tuple(number, number).map((of) => goAwayAfter(...of)) },
  { weight: 1, arbitrary: fc.boolean().map((isAnswer) => pingFrame(Buffer.alloc(8), isAnswer)) },
  { weight: 1, arbitrary: fc.constant(settingsAck) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.nat({ max: 255 }), fc.nat({ max: 255 }), stream, bytes)
      .map((of) => frame(...of)),
  },
)

/** What a server says, behind a byte that says how it is cut: frames, damaged or not. */
export const http2Input: fc.Arbitrary<Uint8Array> = fc
  .tuple(
    fc.nat({ max: 255 }),
    fc.array(anyFrame, { maxLength: 12 }),
    fc.oneof(fc.constant([]), fc.array(mutation, { maxLength: 3 })),
  )
  .map(([cut, frames, changes]) => {
    const whole = Buffer.concat([settingsFrame(), ...frames])
    return Buffer.concat([Buffer.from([cut]), mutated(whole, changes)])
  })
