import { describe, expect, test } from 'vitest'

import { isPrivateKey, pemBlocks } from '../../src/credential/pem.ts'

const block = (type: string, body = '\nAAAA\n'): string =>
  `-----BEGIN ${type}-----${body}-----END ${type}-----`

describe('pemBlocks', () => {
  test.each([
    ['nothing', '', []],
    ['text without blocks', 'hello -----', []],
    ['one block', block('CERTIFICATE'), ['CERTIFICATE']],
    ['blocks with text between them', `a\n${block('A')}\nb\n${block('B 1')}`, ['A', 'B 1']],
    ['a block in the middle of a line', `a ${block('A')}`, []],
    ['a block that something follows on its line', `${block('A')} b`, []],
    ['a block without line ends', block('A', 'AAAA'), []],
    ['an empty block', block('A', '\n'), ['A']],
    ['a block that holds something else', block('A', '\nA?AA\n'), []],
    ['a header alone', block('A', '\nName: value\n'), []],
    ['two beginnings', `-----BEGIN A-----\n${block('B')}`, ['B']],
    ['Windows line ends', block('A', '\r\nAAAA\r\n'), ['A']],
    ['a block with headers', block('A', '\nProc-Type: 4,ENCRYPTED\n\nAAAA\n'), ['A']],
    ['a block that does not end', `-----BEGIN A-----\nAAAA\n${block('B')}`, ['B']],
    ['a block that ends as another', '-----BEGIN A-----\n-----END B-----', []],
    ['a block that is cut off', '-----BEGIN A-----\nAAAA', []],
    ['a type in lower case', '-----BEGIN a-----\n-----END a-----', ['a']],
  ])('finds the blocks of %s', (_, text, types) => {
    expect(pemBlocks(text).map(({ type }) => type)).toEqual(types)
  })

  test('gives what is in a block', () => {
    const [first] = pemBlocks(`noise\n${block('A', '\nSGVs bG8=\t\n')}\n\n`)
    expect(first).toEqual({ type: 'A', encrypted: false, der: Buffer.from('Hello') })
  })

  test('knows a block whose headers say that it is encrypted', () => {
    const [first] = pemBlocks(block('A', '\nProc-Type: 4,ENCRYPTED\n\nSGVsbG8=\n'))
    expect(first).toMatchObject({ encrypted: true, der: Buffer.from('Hello') })
  })

  test.each([
    ['one endless block', `-----BEGIN A-----${'A'.repeat(2 ** 24)}`],
    ['a block full of dashes', block('A', '-A'.repeat(2 ** 22))],
    ['beginnings only', '-----BEGIN A-----'.repeat(2 ** 18)],
    ['a type without end', `-----BEGIN ${'A'.repeat(2 ** 22)}`],
  ])('reads megabytes of %s without trouble', (_, text) => {
    expect(pemBlocks(text).length).toBeLessThanOrEqual(1)
  })
})

test.each([
  ['PRIVATE KEY', true],
  ['RSA PRIVATE KEY', true],
  ['EC PRIVATE KEY', true],
  ['ENCRYPTED PRIVATE KEY', true],
  ['PUBLIC KEY', false],
  ['NOPRIVATE KEY', false],
  ['CERTIFICATE', false],
])('isPrivateKey knows a %s: %s', (type, expected) => {
  expect(isPrivateKey({ type })).toBe(expected)
})
