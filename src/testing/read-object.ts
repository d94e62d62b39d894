import { isJsonObject, type JsonObject, type JsonValue } from '../api/json.ts'
import type { Exchange } from './exchange.ts'
import { protobufType, readProtobufObject } from './protobuf-object.ts'
import { badRequest, bodyTooLarge, unsupportedMediaType, type Reply } from './status.ts'

const jsonType = 'application/json'
// The API server's own limit.
const bodyLimit = 3 * 1024 * 1024

/** Reads the object in a request's body, or says what is wrong with it. */
export async function readObject(
  exchange: Exchange,
  wantedType: string = jsonType,
): Promise<Reply | { readonly object: JsonObject }> {
  const type = exchange.entry.headers['content-type']?.split(';')[0]?.trim() ?? wantedType
  const isProtobuf = type === protobufType && wantedType === jsonType
  if (type !== wantedType && !isProtobuf) return unsupportedMediaType(wantedType)
  const read = await readValue(exchange, isProtobuf ? readProtobufObject : parse)
  if ('statusCode' in read) return read
  return isJsonObject(read.value) ? { object: read.value } : unrecognized()
}

/** Reads any JSON in a request's body, or says what is wrong with it. */
export function readJson(exchange: Exchange): Promise<Reply | { readonly value: JsonValue }> {
  return readValue(exchange, parse)
}

async function readValue(
  exchange: Exchange,
  decode: (body: Buffer) => JsonValue | undefined,
): Promise<Reply | { readonly value: JsonValue }> {
  const body = await exchange.readBody()
  if (body.length > bodyLimit) return bodyTooLarge(bodyLimit)
  const value = decode(body)
  return value === undefined ? unrecognized() : { value }
}

function unrecognized(): Reply {
  return badRequest('the object provided is unrecognized')
}

function parse(body: Buffer): JsonValue | undefined {
  try {
    // JSON holds nothing else.
    return JSON.parse(body.toString('utf8')) as JsonValue
  } catch {
    return undefined
  }
}
