import { describe, expect, test } from 'vitest'

import { readProtobufObject } from '../../src/testing/protobuf-object.ts'

const magic = Buffer.from('k8s\0', 'latin1')

function field(number: number, content: Uint8Array | string): Buffer {
  const bytes = Buffer.from(content)
  return Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes])
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128)
  return Buffer.from([...bytes, rest])
}

function entry(key: string, value: string): Buffer {
  return Buffer.concat([field(1, key), field(2, value)])
}

function envelope(kind: string, raw: Uint8Array): Buffer {
  const typeMeta = Buffer.concat([field(1, 'v1'), field(2, kind)])
  return Buffer.concat([magic, field(1, typeMeta), field(2, raw), field(3, ''), field(4, '')])
}

describe('readProtobufObject', () => {
  test('reads a ConfigMap with everything that the fake keeps', () => {
    const value = 'x'.repeat(300)
    const metadata = Buffer.concat([
      field(1, 'settings'),
      field(3, 'default'),
      field(11, entry('l', 'm')),
      field(12, entry('n', 'o')),
      field(11, entry('p', 'q')),
      // A number, a 64-bit and a 32-bit value, which are passed over.
      varint(7 * 8),
      varint(300),
      varint(20 * 8 + 1),
      Buffer.alloc(8),
      varint(21 * 8 + 5),
      Buffer.alloc(4),
    ])
    const map = Buffer.concat([
      field(1, metadata),
      field(2, entry('k', value)),
      field(3, Buffer.concat([field(1, 'b'), field(2, Uint8Array.of(0, 255))])),
    ])
    expect(readProtobufObject(envelope('ConfigMap', map))).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings', labels: { l: 'm', p: 'q' }, annotations: { n: 'o' } },
      data: { k: value },
      binaryData: { b: 'AP8=' },
    })
  })

  test('reads of other kinds the metadata alone', () => {
    const namespace = Buffer.concat([field(1, field(1, 'x')), field(2, field(1, 'kubernetes'))])
    expect(readProtobufObject(envelope('Namespace', namespace))).toEqual({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'x' },
    })
  })

  test.each([
    ['JSON', Buffer.from('{}')],
    ['nothing', Buffer.alloc(0)],
    ['a message that is cut short', envelope('ConfigMap', Buffer.alloc(50)).subarray(0, 20)],
    ['a number that is cut short', Buffer.concat([magic, Buffer.of(0x80)])],
    ['a wire type that there is not', Buffer.concat([magic, Buffer.of(0x0b)])],
  ])('reads no object from %s', (_, bytes) => {
    expect(readProtobufObject(bytes)).toBeUndefined()
  })
})
