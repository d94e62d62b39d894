import { isJsonObject, type JsonObject } from '../api/json.ts'
import type { Exchange } from './exchange.ts'
import { protobufType, readProtobufObject } from './protobuf-object.ts'
import { badRequest, bodyTooLarge, unsupportedMediaType, type Reply } from './status.ts'

const jsonType = 'application/json'
// The API server's own limit.
const bodyLimit = 3 * 1024 * 1024

/** The one form of patch that the fake knows. */
export const patchType = 'application/merge-patch+json'

/** Reads the object in a request's body, or says what is wrong with it. */
export async function readObject(
  exchange: Exchange,
  wantedType: string = jsonType,
): Promise<Reply | { readonly object: JsonObject }> {
  const type = exchange.entry.headers['content-type']?.split(';')[0]?.trim() ?? wantedType
  const isProtobuf = type === protobufType && wantedType === jsonType
  if (type !== wantedType && !isProtobuf) return unsupportedMediaType(wantedType)
  const body = await exchange.readBody()
  if (body.length > bodyLimit) return bodyTooLarge(bodyLimit)
  const object = isProtobuf ? readProtobufObject(body) : parse(body)
  return isJsonObject(object) ? { object } : badRequest('the object provided is unrecognized')
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}
