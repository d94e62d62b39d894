import type { JsonObject, JsonValue } from '../api/json.ts'
import type { Exchange } from './exchange.ts'
import { JsonPatchError, jsonPatch } from './json-patch.ts'
import { mergePatch } from './merge-patch.ts'
import type { ObjectStore } from './object-store.ts'
import { readJson, readObject } from './read-object.ts'
import type { Selection } from './resource-kinds.ts'
import { failure, unsupportedMediaType, type Reply } from './status.ts'
import { strategicMergePatch } from './strategic-merge-patch.ts'

type NamedSelection = Selection & { readonly name: string }

/** Answers a PATCH, in whichever form it comes. */
export async function answerPatch(
  exchange: Exchange,
  selection: NamedSelection,
  store: ObjectStore,
): Promise<Reply> {
  const [given = mergeType] = exchange.entry.headers['content-type']?.split(';') ?? []
  const type = given.trim()
  if (type === applyType) return apply(exchange, selection, store)
  const form = forms.get(type)
  if (form === undefined) return unsupportedMediaType([...forms.keys(), applyType].join(', '))
  const read = await readJson(exchange)
  if ('statusCode' in read) return read
  try {
    return store.patch(selection, (object) => form(object, read.value))
  } catch (error) {
    if (error instanceof JsonPatchError) return doesNotFit(error)
    throw error
  }
}

const mergeType = 'application/merge-patch+json'
const applyType = 'application/apply-patch+yaml'

const forms: ReadonlyMap<string, (object: JsonObject, patch: JsonValue) => JsonValue> = new Map([
  ['application/json-patch+json', jsonPatch],
  [mergeType, mergePatch],
  ['application/strategic-merge-patch+json', strategicMergePatch],
])

/**
 * Server-side apply for one manager who owns everything. YAML that is no JSON is not understood:
 * kubectl sends none.
 */
async function apply(
  exchange: Exchange,
  selection: NamedSelection,
  store: ObjectStore,
): Promise<Reply> {
  const given = await readObject(exchange, applyType)
  if ('statusCode' in given) return given
  const { object } = given
  return store.get(selection).statusCode === 404
    ? store.create(selection, object)
    : store.patch(selection, (current) => mergePatch(current, object))
}

/** 422, in the words of kube-apiserver. */
function doesNotFit({ message }: JsonPatchError): Reply {
  return failure(422, {
    reason: 'Invalid',
    message: 'the server rejected our request due to an error in our request',
    details: { causes: [{ reason: 'UnexpectedServerResponse', message }] },
  })
}
