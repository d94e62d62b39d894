import { isJsonObject, type JsonObject, type JsonValue } from '../api/json.ts'
import { isSelected, keyOf, kindOf, type Selection } from './resource-kinds.ts'
import {
  alreadyExists,
  badRequest,
  conflict,
  nameRequired,
  notFound,
  type Reply,
} from './status.ts'

/** One line of a watch. */
export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'
  readonly object: JsonObject
}

interface Stored {
  readonly resource: string
  readonly namespace: string | undefined
  readonly name: string
  readonly version: number
  readonly object: JsonObject
}

interface Change extends Stored {
  readonly type: WatchEvent['type']
}

/** Objects in memory, with their versions and the history that a watch starts from. */
export class ObjectStore {
  readonly #now: () => number
  readonly #objects = new Map<string, Stored>()
  readonly #history: Change[] = []
  readonly #listeners = new Set<(change: Change) => void>()
  #version = 1

  constructor(now: () => number) {
    this.#now = now
    for (const name of ['default', 'kube-system']) {
      this.create({ resource: 'namespaces', namespace: undefined }, { metadata: { name } })
    }
  }

  /** The version that the next change follows. */
  get version(): string {
    return String(this.#version)
  }

  list(selection: Selection): Reply {
    const kind = kindOf(selection.resource)
    const items = this.#select(selection).map(
      ({ object: { kind: _, apiVersion: __, ...item } }) => item,
    )
    const metadata = { resourceVersion: this.version }
    return { statusCode: 200, body: { kind: `${kind}List`, apiVersion: 'v1', metadata, items } }
  }

  get(selection: Selection & { readonly name: string }): Reply {
    const found = this.#objects.get(keyOf(selection))
    if (found === undefined) return notFound(selection.resource, selection.name)
    return { statusCode: 200, body: found.object }
  }

  /** UID of an object; '' when there is none. */
  uidOf(selection: Selection & { readonly name: string }): string {
    const found = this.#objects.get(keyOf(selection))
    const uid = found && metadataOf(found.object)['uid']
    return typeof uid === 'string' ? uid : ''
  }

  create(selection: Selection, given: JsonObject): Reply {
    const { resource, namespace } = selection
    const name = metadataOf(given)['name']
    if (typeof name !== 'string' || name === '') return nameRequired(kindOf(resource))
    if (namespace !== undefined && !this.#hasNamespace(namespace)) {
      return notFound('namespaces', namespace)
    }
    if (this.#objects.has(keyOf({ resource, namespace, name })))
      return alreadyExists(resource, name)
    const created = {
      uid: uidOf(this.#version + 1),
      creationTimestamp: `${new Date(this.#now()).toISOString().slice(0, 19)}Z`,
    }
    return { statusCode: 201, body: this.#save('ADDED', { ...selection, name }, given, created) }
  }

  replace(selection: Selection & { readonly name: string }, given: JsonObject): Reply {
    const found = this.#objects.get(keyOf(selection))
    if (found === undefined) return notFound(selection.resource, selection.name)
    const { name, resourceVersion } = metadataOf(given)
    if (name !== selection.name) {
      return badRequest('the name of the object does not match the name on the URL')
    }
    if (resourceVersion !== undefined && resourceVersion !== String(found.version)) {
      return conflict(selection.resource, selection.name)
    }
    const { uid = null, creationTimestamp = null } = metadataOf(found.object)
    const body = this.#save('MODIFIED', selection, given, { uid, creationTimestamp })
    return { statusCode: 200, body }
  }

  /** Replaces an object by what `change` makes of it. */
  patch(
    selection: Selection & { readonly name: string },
    change: (object: JsonObject) => JsonValue,
  ): Reply {
    const found = this.#objects.get(keyOf(selection))
    if (found === undefined) return notFound(selection.resource, selection.name)
    const patched = change(found.object)
    return this.replace(selection, isJsonObject(patched) ? patched : {})
  }

  remove(selection: Selection & { readonly name: string }): Reply {
    const found = this.#objects.get(keyOf(selection))
    if (found === undefined) return notFound(selection.resource, selection.name)
    if (selection.resource === 'namespaces') {
      const all = [...this.#objects.values()]
      for (const inside of all) if (inside.namespace === selection.name) this.#drop(inside)
    }
    this.#drop(found)
    const details = {
      name: found.name,
      kind: found.resource,
      uid: metadataOf(found.object)['uid'] ?? '',
    }
    const head = { kind: 'Status', apiVersion: 'v1', metadata: {} }
    return { statusCode: 200, body: { ...head, status: 'Success', details } }
  }

  /**
   * Calls `listener` for what happens to the selected objects.
   *
   * @param since The version to start after; undefined starts with an ADDED for each object.
   * @returns A function that ends it.
   */
  watch(
    selection: Selection,
    since: number | undefined,
    listener: (event: WatchEvent) => void,
  ): () => void {
    const past: readonly Change[] =
      since === undefined
        ? this.#select(selection).map((stored) => ({ ...stored, type: 'ADDED' }))
        : this.#history.filter((change) => change.version > since && isSelected(selection, change))
    for (const { type, object } of past) listener({ type, object })
    const onChange = (change: Change): void => {
      if (isSelected(selection, change)) listener({ type: change.type, object: change.object })
    }
    this.#listeners.add(onChange)
    return () => void this.#listeners.delete(onChange)
  }

  #select(selection: Selection): readonly Stored[] {
    return [...this.#objects.values()].filter((stored) => isSelected(selection, stored))
  }

  #hasNamespace(name: string): boolean {
    return this.#objects.has(keyOf({ resource: 'namespaces', namespace: undefined, name }))
  }

  #save(
    type: WatchEvent['type'],
    { resource, namespace, name }: Selection & { readonly name: string },
    given: JsonObject,
    fixed: JsonObject,
  ): JsonObject {
    this.#version += 1
    const version = this.#version
    const place = namespace === undefined ? {} : { namespace }
    const metadata = {
      ...metadataOf(given),
      name,
      ...place,
      ...fixed,
      resourceVersion: String(version),
    }
    const status = resource === 'namespaces' ? { status: { phase: 'Active' } } : {}
    const head = { kind: kindOf(resource), apiVersion: 'v1' }
    const object = { ...given, ...head, metadata, ...status }
    const stored = { resource, namespace, name, version, object }
    this.#objects.set(keyOf(stored), stored)
    this.#tell({ ...stored, type })
    return object
  }

  #drop(stored: Stored): void {
    this.#objects.delete(keyOf(stored))
    this.#version += 1
    const metadata = { ...metadataOf(stored.object), resourceVersion: this.version }
    const object = { ...stored.object, metadata }
    this.#tell({ ...stored, version: this.#version, object, type: 'DELETED' })
  }

  #tell(change: Change): void {
    this.#history.push(change)
    for (const listener of this.#listeners) listener(change)
  }
}

function metadataOf({ metadata }: JsonObject): JsonObject {
  return isJsonObject(metadata) ? metadata : {}
}

// Every change has another version, so this is as unique as a random one and easier to read.
function uidOf(version: number): string {
  return `00000000-0000-4000-8000-${String(version).padStart(12, '0')}`
}
