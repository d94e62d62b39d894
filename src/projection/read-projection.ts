import type { ProblemCollector } from '../yaml/field-problems.ts'
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
 * @param problems Gets what is wrong with single fields: what the API server would refuse.
 * @throws {@link FieldProblem}, {@link FieldProblems} When it is no source, or means nothing outside a pod.
 */
export function readProjection(source: Fields, problems: ProblemCollector): VolumeProjection {
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
      return tokenOf(fields, problems)
    case 'configMap':
    case 'secret':
      return { kind, ...objectKeysOf(fields, problems) }
    case 'downwardAPI':
      onlyNames(fields, ['items'])
      return {
        kind,
        items: itemsOf(fields, problems).map((item) =>
          problems.or(unreadField, () => fieldOf(item, problems)),
        ),
      }
    case 'clusterTrustBundle':
      throw source.problem(kind, outside('the kubelet keeps the bundles for its pods'))
    case 'podCertificate':
      throw source.problem(kind, outside('its certificate is issued to a pod on its node'))
  }
}

function outside(why: string): string {
  return `means nothing outside a pod: ${why}`
}

function tokenOf(fields: Fields, problems: ProblemCollector): TokenProjection {
  onlyNames(fields, ['audience', 'expirationSeconds', 'path'])
  return {
    kind: 'serviceAccountToken',
    audience: problems.or('', () => fields.text('audience')),
    expirationSeconds: problems.or(0, () => expirationSeconds(fields)),
    path: problems.or('', () => filePath(fields)),
  }
}

function objectKeysOf(
  fields: Fields,
  problems: ProblemCollector,
): Omit<ConfigMapProjection, 'kind'> {
  onlyNames(fields, ['name', 'items', 'optional'])
  return {
    name: problems.or('', () => objectName(fields)),
    items: itemsOf(fields, problems).map((item) =>
      problems.or(unreadKey, () => keyOf(item, problems)),
    ),
    optional: problems.or(false, () => fields.flag('optional')),
  }
}

function itemsOf(fields: Fields, problems: ProblemCollector): readonly Fields[] {
  return problems.or([], () => fields.objects('items'))
}

function keyOf(fields: Fields, problems: ProblemCollector): ProjectedKey {
  onlyNames(fields, ['key', 'path', 'mode'])
  return { key: problems.or('', () => requiredText(fields, 'key')), ...placeOf(fields, problems) }
}

function fieldOf(fields: Fields, problems: ProblemCollector): ProjectedField {
  onlyNames(fields, ['path', 'fieldRef', 'resourceFieldRef', 'mode'])
  if (fields.value('resourceFieldRef') !== null) {
    throw fields.problem('resourceFieldRef', outside('it tells what a container may use'))
  }
  return { fieldPath: problems.or('', () => fieldPathOf(fields)), ...placeOf(fields, problems) }
}

function fieldPathOf(fields: Fields): string {
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
  return fieldPath
}

function placeOf(fields: Fields, problems: ProblemCollector): Pick<ProjectedKey, 'path' | 'mode'> {
  return {
    path: problems.or('', () => filePath(fields)),
    mode: problems.or(undefined, () => fileMode(fields, 'mode')),
  }
}

// In place of what is wrong, so that the others keep their places.
const unreadKey: ProjectedKey = { key: '', path: '', mode: undefined }
const unreadField: ProjectedField = { fieldPath: '', path: '', mode: undefined }
