import { expect, test } from 'vitest'

import { checksum, contentOf, UploadLedger } from '../../soak/upload-ledger.ts'

const body = contentOf('a', 1000)

test('an upload is right once, and whole', () => {
  const ledger = new UploadLedger()
  expect(ledger.carryOut('a', body, checksum(body))).toBeUndefined()
  expect(ledger.carryOut('b', body, checksum(body))).toBeUndefined()
  expect(ledger.size).toBe(2)
})

test('one that is carried out twice is told of', () => {
  const ledger = new UploadLedger()
  ledger.carryOut('a', body, checksum(body))
  expect(ledger.carryOut('a', body, checksum(body))).toBe('upload a was carried out 2 times')
})

test('one that is cut short is told of', () => {
  const ledger = new UploadLedger()
  const cut = body.subarray(0, 999)
  expect(ledger.carryOut('a', cut, checksum(body))).toBe('upload a came as 999 other bytes')
})

test('both sides know the same content', () => {
  expect(contentOf('a', 1000)).toEqual(body)
  expect(contentOf('b', 1000)).not.toEqual(body)
})
