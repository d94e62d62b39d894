import { isJsonObject, type JsonObject } from '../api/json.ts'

/** Media type in which kubectl sends the objects that it has compiled types for. */
export const protobufType = 'application/vnd.kubernetes.protobuf'

/**
 * Reads an object from the API server's protobuf form, as far as the fake keeps it: name, labels
 * and annotations, and the data of a ConfigMap.
 *
 * @returns undefined when the bytes are not in that form.
 */
export function readProtobufObject(body: Uint8Array): JsonObject | undefined {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  if (!bytes.subarray(0, magic.length).equals(magic)) return undefined
  try {
    return objectOf(readMessage(bytes.subarray(magic.length)))
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

// Every message begins with it, so that it is told apart from JSON and YAML.
const magic = Buffer.from('k8s\0', 'latin1')

/** Values of length-delimited fields by number; fields of other kinds hold nothing of interest. */
type Message = ReadonlyMap<number, readonly Buffer[]>

// Field numbers from the .proto files of k8s.io/apimachinery and k8s.io/api/core/v1.
const unknown = { typeMeta: 1, raw: 2 }
const typeMeta = { apiVersion: 1, kind: 2 }
const objectMeta = { name: 1, labels: 11, annotations: 12 }
const configMap = { metadata: 1, data: 2, binaryData: 3 }
const mapEntry = { key: 1, value: 2 }

function objectOf(envelope: Message): JsonObject {
  const type = readMessage(bytesOf(envelope, unknown.typeMeta))
  const kind = textOf(type, typeMeta.kind)
  const object = readMessage(bytesOf(envelope, unknown.raw))
  // Every kind of object has its metadata in the same place.
  const meta = readMessage(bytesOf(object, configMap.metadata))
  const metadata = withoutEmpty({
    name: textOf(meta, objectMeta.name),
    labels: mapOf(meta, objectMeta.labels, 'utf8'),
    annotations: mapOf(meta, objectMeta.annotations, 'utf8'),
  })
  const data =
    kind === 'ConfigMap'
      ? {
          data: mapOf(object, configMap.data, 'utf8'),
          binaryData: mapOf(object, configMap.binaryData, 'base64'),
        }
      : {}
  return { apiVersion: textOf(type, typeMeta.apiVersion), kind, metadata, ...withoutEmpty(data) }
}

function withoutEmpty(object: JsonObject): JsonObject {
  const isEmpty = (value: unknown): boolean =>
    value === '' || (isJsonObject(value) && Object.keys(value).length === 0)
  return Object.fromEntries(Object.entries(object).filter(([, value]) => !isEmpty(value)))
}

function bytesOf(message: Message, field: number): Buffer {
  return message.get(field)?.at(-1) ?? Buffer.alloc(0)
}

function textOf(message: Message, field: number): string {
  return bytesOf(message, field).toString('utf8')
}

function mapOf(message: Message, field: number, encoding: 'utf8' | 'base64'): JsonObject {
  const entries = (message.get(field) ?? []).map(readMessage)
  return Object.fromEntries(
    entries.map((entry) => [
      textOf(entry, mapEntry.key),
      bytesOf(entry, mapEntry.value).toString(encoding),
    ]),
  )
}

/** @throws RangeError when the bytes end too early or are no protobuf message. */
function readMessage(bytes: Buffer): Message {
  const fields = new Map<number, Buffer[]>()
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes.readUInt8(at++)
      value += (byte & 0x7f) * factor
      if (byte < 0x80) return value
    }
  }
  while (at < bytes.length) {
    const tag = varint()
    const length = lengthOf(tag & 7, varint)
    if (at + length > bytes.length) throw new RangeError('message is cut short')
    const field = Math.floor(tag / 8)
    fields.set(field, [...(fields.get(field) ?? []), bytes.subarray(at, at + length)])
    at += length
  }
  return fields
}

function lengthOf(wireType: number, varint: () => number): number {
  switch (wireType) {
    case 0:
      varint()
      return 0
    case 1:
      return 8
    case 2:
      return varint()
    case 5:
      return 4
    default:
      throw new RangeError('no such wire type')
  }
}
