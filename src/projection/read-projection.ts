import { FieldProblem, type Fields } from '../yaml/fields.ts'
import { parseFieldPath } from './field-path.ts'
import { onlyNames } from './only-names.ts'
import { expirationSeconds, fileMode, filePath, objectName, requiredText } from './volume-limits.ts'
import type {
  ConfigMapProjection,
  ProjectedField,
  ProjectedKey,
  TokenProjection,
  VolumeProjection,
} from './volume.ts'

const kinds = [
  'serviceAccountToken',
  'configMap',
  'secret',
  'downwardAPI',
  'clusterTrustBundle',
  'podCertificate',
] as const

/**
 * Reads one source of a projected volume.
 *
 * @throws {@link FieldProblem} For what the API server would refuse, or means nothing outside a pod.
 */
export function readProjection(source: Fields): VolumeProjection {
  onlyNames(source, kinds)
  const given = kinds.flatMap((kind) => {
    const fields = source.object(kind)
    return fields === undefined ? [] : [{ kind, fields }]
  })
  const [first, second] = given
  if (first === undefined) {
    throw new FieldProblem(source.path, `must have one of ${kinds.slice(0, 4).join(', ')}`)
  }
  if (second !== undefined) {
    throw new FieldProblem(source.path, 'may not specify more than 1 volume type per source')
  }
  const { kind, fields } = first
  switch (kind) {
    case 'serviceAccountToken':
      return tokenOf(fields)
    case 'configMap':
    case 'secret':
      return { kind, ...objectKeysOf(fields) }
    case 'downwardAPI':
      onlyNames(fields, ['items'])
      return { kind, items: fields.objects('items').map(fieldOf) }
    case 'clusterTrustBundle':
      throw source.problem(kind, outside('the kubelet keeps the bundles for its pods'))
    case 'podCertificate':
      throw source.problem(kind, outside('its certificate is issued to a pod on its node'))
  }
}

function outside(why: string): string {
  return `means nothing outside a pod: ${why}`
}

function tokenOf(fields: Fields): TokenProjection {
  onlyNames(fields, ['audience', 'expirationSeconds', 'path'])
  return {
    kind: 'serviceAccountToken',
    audience: fields.text('audience'),
    expirationSeconds: expirationSeconds(fields),
    path: filePath(fields),
  }
}

function objectKeysOf(fields: Fields): Omit<ConfigMapProjection, 'kind'> {
  onlyNames(fields, ['name', 'items', 'optional'])
  const [name, items] = [objectName(fields), fields.objects('items').map(keyOf)]
  return { name, items, optional: fields.flag('optional') }
}

function keyOf(fields: Fields): ProjectedKey {
  onlyNames(fields, ['key', 'path', 'mode'])
  const key = requiredText(fields, 'key')
  return { key, path: filePath(fields), mode: fileMode(fields, 'mode') }
}

function fieldOf(fields: Fields): ProjectedField {
  onlyNames(fields, ['path', 'fieldRef', 'resourceFieldRef', 'mode'])
  if (fields.value('resourceFieldRef') !== null) {
    throw fields.problem('resourceFieldRef', outside('it tells what a container may use'))
  }
  const reference = fields.object('fieldRef')
  if (reference === undefined) throw fields.problem('fieldRef', 'is required: Required value')
  onlyNames(reference, ['apiVersion', 'fieldPath'])
  const fieldPath = requiredText(reference, 'fieldPath')
  const apiVersion = reference.text('apiVersion')
  if (apiVersion !== '' && apiVersion !== 'v1') {
    throw reference.problem('apiVersion', 'is an unsupported pod version', 'it can only be v1')
  }
  const field = parseFieldPath(fieldPath)
  if (typeof field === 'string') throw reference.problem('fieldPath', field)
  return { fieldPath, path: filePath(fields), mode: fileMode(fields, 'mode') }
}
