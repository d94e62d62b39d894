import { describe, expect, test } from 'vitest'

import * as der from '../../src/testing/der.ts'

const hex = (value: Uint8Array): string => Buffer.from(value).toString('hex')

describe('der', () => {
  test('writes a length in one byte up to 127 and in as few as it takes beyond', () => {
    expect(hex(der.octetString(new Uint8Array(127))).slice(0, 4)).toBe('047f')
    expect(hex(der.octetString(new Uint8Array(128))).slice(0, 6)).toBe('048180')
    expect(hex(der.octetString(new Uint8Array(256))).slice(0, 8)).toBe('04820100')
    expect(hex(der.octetString(new Uint8Array(65536))).slice(0, 10)).toBe('0483010000')
  })

  test.each([
    ['00', '020100'],
    ['', '020100'],
    ['7f', '02017f'],
    ['80', '02020080'],
    ['000001', '020101'],
    ['0100', '02020100'],
  ])('writes the integer %s as %s: no needless zeros, never negative', (bytes, expected) => {
    expect(hex(der.integer(Buffer.from(bytes, 'hex')))).toBe(expected)
  })

  test.each([
    ['2.5.4.3', '0603550403'],
    ['1.2.840.113549.1.1.11', '06092a864886f70d01010b'],
    ['1.2.840.10045.4.3.2', '06082a8648ce3d040302'],
  ])('writes the object identifier %s', (dotted, expected) => {
    expect(hex(der.objectIdentifier(dotted))).toBe(expected)
  })

  test('writes flags without the zeros at their end', () => {
    expect(hex(der.bitFlags([0]))).toBe('03020780')
    expect(hex(der.bitFlags([0, 5, 6]))).toBe('03020186')
    expect(hex(der.bitFlags([8]))).toBe('0303070080')
    expect(hex(der.bitFlags([]))).toBe('030100')
  })

  test.each([
    ['1949-12-31T23:59:59Z', '180f31393439313233313233353935395a'],
    ['1950-01-01T00:00:00Z', '170d3530303130313030303030305a'],
    ['2049-12-31T23:59:59.999Z', '170d3439313233313233353935395a'],
    ['2050-01-01T00:00:00Z', '180f32303530303130313030303030305a'],
    ['0001-01-01T00:00:00Z', '180f30303031303130313030303030305a'],
  ])('writes %s in the form that its year asks for', (moment, expected) => {
    expect(hex(der.time(new Date(moment)))).toBe(expected)
  })

  test.each([new Date(Number.NaN), new Date(Date.UTC(10_000, 0)), new Date('-000001-01-01')])(
    'refuses a moment that has no form: %s',
    (moment) => {
      expect(() => der.time(moment)).toThrow(TypeError)
    },
  )

  test('nests sequences, sets, tags and the small values', () => {
    const value = der.sequence(
      der.set(der.boolean(true), der.boolean(false)),
      der.context(0, true, der.nothing()),
      der.context(2, false, Buffer.from('a')),
      der.utf8String('é'),
      der.bitString(Uint8Array.of(1)),
    )
    expect(hex(value)).toBe('301731060101ff010100a00205008201610c02c3a903020001')
  })
})
