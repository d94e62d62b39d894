import { expect, test } from 'vitest'

import { isCutOff } from '../../src/file/cut-token.ts'

const last = 'header.payload-1.signature'

test.each([
  ['the beginning of the last one', 'header.pay', last],
  ['the beginning of one that is not signed', 'opaque-1', 'opaque-1234'],
  ['one without all of its payload', 'header.payl', last],
  ['one with another payload and no signature', 'header.payload-2', last],
  ['one with nothing of its signature yet', 'header.payload-2.', last],
  ['one with a part of its signature', 'header.payload-2.sign', last],
])('%s is cut off', (_what, token, before) => {
  expect(isCutOff(token, before)).toBe(true)
})

test.each([
  ['the same', last, last],
  ['the next one', 'header.payload-2.signatura', last],
  ['one with a shorter payload', 'header.p.signatura', last],
  ['one of another issuer or key', 'heading.payload.sign', last],
  ['one that is not signed, after one that was', 'opaque', last],
  ['one that is signed, after one that was not', last, 'opaque'],
  ['a longer one that begins with the last', 'opaque-1234', 'opaque'],
  ['one after another of four parts', 'a.b.d', 'a.b.cc.d'],
])('%s is whole', (_what, token, before) => {
  expect(isCutOff(token, before)).toBe(false)
})
