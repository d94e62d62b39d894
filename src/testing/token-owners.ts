import type { ObjectStore } from './object-store.ts'

/** A ServiceAccount, or what its tokens can be bound to. */
export interface FakeTokenOwner {
  readonly kind: 'ServiceAccount' | 'Pod' | 'Secret' | 'Node'
  readonly name: string
  /** Default: `default`; a Node has none. */
  readonly namespace?: string
  /** Of a Pod: the ServiceAccount that it runs as. Default: `default`. */
  readonly serviceAccount?: string
}

/** In what resource those are that a token can be bound to, by kind. */
export const boundResources: ReadonlyMap<string, string> = new Map([
  ['Pod', 'pods'],
  ['Secret', 'secrets'],
  ['Node', 'nodes'],
])

/** Adds one in place of another. @returns Its UID. */
export function createTokenOwner(store: ObjectStore, owner: FakeTokenOwner): string {
  const selection = selectionOf(owner)
  const { kind, name, serviceAccount: serviceAccountName = 'default' } = owner
  store.remove(selection)
  const spec = kind === 'Pod' ? { spec: { serviceAccountName } } : {}
  store.create(selection, { metadata: { name }, ...spec })
  return store.uidOf(selection)
}

/** Deletes one. */
export function deleteTokenOwner(store: ObjectStore, owner: FakeTokenOwner): void {
  store.remove(selectionOf(owner))
}

/** The namespace that an object of a resource is in. */
export function placeOf(resource: string, namespace: string): string | undefined {
  return resource === 'nodes' ? undefined : namespace
}

function selectionOf({ kind, name, namespace = 'default' }: FakeTokenOwner): {
  readonly resource: string
  readonly namespace: string | undefined
  readonly name: string
} {
  const resource = boundResources.get(kind) ?? 'serviceaccounts'
  return { resource, namespace: placeOf(resource, namespace), name }
}
