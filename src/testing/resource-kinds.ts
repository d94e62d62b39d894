/** A kind of object that the fake API server keeps. */
export interface ResourceKind {
  readonly kind: string
  readonly namespaced: boolean
}

/** The kinds of object that the fake API server keeps, by their name in a path. */
export const resourceKinds: ReadonlyMap<string, ResourceKind> = new Map([
  ['namespaces', { kind: 'Namespace', namespaced: false }],
  ['configmaps', { kind: 'ConfigMap', namespaced: true }],
  ['serviceaccounts', { kind: 'ServiceAccount', namespaced: true }],
])

/** Names a set of objects: one namespace's, or those of all. */
export interface Selection {
  readonly resource: string
  /** Undefined selects every namespace, and is right for what has none. */
  readonly namespace: string | undefined
  /** Selects the one object of this name. */
  readonly name?: string | undefined
}

/** What tells an object from all others. */
export function keyOf({ resource, namespace = '', name = '' }: Selection): string {
  return `${resource}/${namespace}/${name}`
}

/** The kind of the objects that a path names. */
export function kindOf(resource: string): string {
  return resourceKinds.get(resource)?.kind ?? resource
}

/** Whether an object is among the selected. */
export function isSelected(selection: Selection, object: Selection): boolean {
  return (
    object.resource === selection.resource &&
    (selection.namespace ?? object.namespace) === object.namespace &&
    (selection.name ?? object.name) === object.name
  )
}
