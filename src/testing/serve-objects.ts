import type { Exchange } from './exchange.ts'
import type { ObjectStore } from './object-store.ts'
import { readObject } from './read-object.ts'
import { resourceKinds, type Selection } from './resource-kinds.ts'
import { answerPatch } from './serve-patch.ts'
import { methodNotAllowed, type Reply } from './status.ts'

/** Answers a request about all objects of a kind: list, create. */
export async function answerCollection(
  exchange: Exchange,
  selection: Selection,
  store: ObjectStore,
): Promise<Reply> {
  switch (exchange.entry.method) {
    case 'GET':
    case 'HEAD':
      return store.list(selection)
    case 'POST': {
      if (resourceKinds.get(selection.resource)?.namespaced === true && !selection.namespace) {
        return methodNotAllowed()
      }
      const given = await readObject(exchange)
      return 'statusCode' in given ? given : store.create(selection, given.object)
    }
    default:
      return methodNotAllowed()
  }
}

/** Answers a request about one object: get, replace, patch, delete. */
export async function answerObject(
  exchange: Exchange,
  selection: Selection & { readonly name: string },
  store: ObjectStore,
): Promise<Reply> {
  switch (exchange.entry.method) {
    case 'GET':
    case 'HEAD':
      return store.get(selection)
    case 'PUT': {
      const given = await readObject(exchange)
      return 'statusCode' in given ? given : store.replace(selection, given.object)
    }
    case 'PATCH':
      return answerPatch(exchange, selection, store)
    case 'DELETE':
      await exchange.readBody()
      return store.remove(selection)
    default:
      return methodNotAllowed()
  }
}
