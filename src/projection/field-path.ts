import { quotedIfHarmless } from '../encoding/printable-text.ts'

/** A field of a Pod that a program can know without being one. */
export interface FieldReference {
  readonly fact: PodFact
  /** Which label or annotation; undefined for all of them, and for other facts. */
  readonly key: string | undefined
}

/** What {@link FieldReference} can name. */
export type PodFact = 'name' | 'namespace' | 'uid' | 'labels' | 'annotations' | 'serviceAccountName'

/** Reads a `fieldPath`; a text is the reason why it names nothing that can be written. */
export function parseFieldPath(path: string): FieldReference | string {
  const fact = facts.get(path)
  if (fact !== undefined) return { fact, key: undefined }
  if (ofRunningPods.has(path)) return 'means nothing outside a pod: only one that runs has it'
  const [, map, key] = /^(.+?)\['(.*)'\]$/su.exec(path) ?? []
  if (map === undefined || key === undefined) {
    return `names no field that a file can hold: field label not supported: ${quotedIfHarmless(path)}`
  }
  const mapFact = facts.get(map)
  if (mapFact !== 'labels' && mapFact !== 'annotations') {
    return `has a key where none is: field label does not support subscript: ${quotedIfHarmless(map)}`
  }
  const isKey = isQualifiedName(mapFact === 'annotations' ? key.toLowerCase() : key)
  return isKey ? { fact: mapFact, key } : 'has an invalid key subscript'
}

const facts: ReadonlyMap<string, PodFact> = new Map([
  ['metadata.name', 'name'],
  ['metadata.namespace', 'namespace'],
  ['metadata.uid', 'uid'],
  ['metadata.labels', 'labels'],
  ['metadata.annotations', 'annotations'],
  ['spec.serviceAccountName', 'serviceAccountName'],
])

const ofRunningPods: ReadonlySet<string> = new Set([
  'spec.host',
  'spec.nodeName',
  'spec.restartPolicy',
  'spec.schedulerName',
  'status.hostIP',
  'status.hostIPs',
  'status.phase',
  'status.podIP',
  'status.podIPs',
])

/** Whether Kubernetes takes a text for the key of a label: a name, perhaps behind a domain and `/`. */
function isQualifiedName(text: string): boolean {
  const parts = text.split('/')
  const name = parts.pop() ?? ''
  const [domain, ...rest] = parts
  if (rest.length > 0 || name.length > 63) return false
  if (!/^(?:[A-Za-z0-9][A-Za-z0-9_.-]*)?[A-Za-z0-9]$/u.test(name)) return false
  if (domain === undefined) return true
  const label = '[a-z0-9](?:[a-z0-9-]*[a-z0-9])?'
  return domain.length <= 253 && new RegExp(`^${label}(?:\\.${label})*$`, 'u').test(domain)
}
