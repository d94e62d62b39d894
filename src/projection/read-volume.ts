import { isJsonObject, type JsonValue } from '../api/json.ts'
import { KubecredError, type ErrorDetails } from '../errors/kubecred-error.ts'
import { fieldProblemsIn, ProblemCollector, toldTogether } from '../yaml/field-problems.ts'
import { Fields, objectOf, pathText } from '../yaml/fields.ts'
import { readYamlFile } from '../yaml/read-file.ts'
import { findDuplicatePaths } from './duplicate-paths.ts'
import { onlyNames } from './only-names.ts'
import { readProjection } from './read-projection.ts'
import { fileMode } from './volume-limits.ts'
import type { ProjectedVolume, VolumeProjection } from './volume.ts'

/**
 * Reads a Pod's `projected` volume source, in YAML or JSON.
 *
 * It may stand there bare, under `projected:`, or as a whole volume. The API server's limits hold, and its
 * words. What means nothing outside a pod is refused, and so is every field that the API does not have. All
 * that is wrong is told at once; of an object with unknown fields no more than those.
 *
 * @param file Path of the file, for messages.
 * @throws {@link KubecredError} `ERR_PROJECTION_INVALID`, with file, line and field.
 */
export function readProjectedVolume(bytes: Uint8Array, file: string): ProjectedVolume {
  return readYamlFile(bytes, volumeOf, ({ message, hint, where }) => {
    const words = `error loading projected volume ${JSON.stringify(file)}: ${message}`
    return invalid(words, hint, { file, ...where })
  })
}

/**
 * As {@link readProjectedVolume}, of a value that was read before.
 *
 * @throws {@link KubecredError} `ERR_PROJECTION_INVALID`, with the field.
 */
export function projectedVolumeOf(value: JsonValue): ProjectedVolume {
  try {
    return volumeOf(value)
  } catch (error) {
    const problems = fieldProblemsIn(error)
    if (problems === undefined) throw error
    const told = problems.map(({ path, message, hint }) => {
      const field = pathText(path)
      return { message: `${field} ${message}`, hint, field }
    })
    const { message, hint } = toldTogether(told)
    const field = told[0]?.field ?? ''
    throw invalid(`invalid projected volume: ${message}`, hint, { field })
  }
}

function invalid(message: string, hint: string | undefined, details: ErrorDetails): KubecredError {
  return new KubecredError('ERR_PROJECTION_INVALID', message, { hint, details })
}

function volumeOf(value: JsonValue): ProjectedVolume {
  const whole = new Fields(objectOf(value ?? {}, []), [])
  const isWrapped = isJsonObject(value) && Object.hasOwn(value, 'projected')
  if (isWrapped) onlyNames(whole, ['name', 'projected'])
  const source = isWrapped ? (whole.object('projected') ?? new Fields({}, ['projected'])) : whole
  onlyNames(source, ['sources', 'defaultMode'], isWrapped ? undefined : podHint)
  const problems = new ProblemCollector()
  const defaultMode = problems.or(undefined, () => fileMode(source, 'defaultMode'))
  const sources = problems
    .or([], () => source.objects('sources'))
    .map((each) => problems.or(unread, () => readProjection(each, problems)))
  findDuplicatePaths(sources, source.path, problems)
  problems.refuse()
  if (sources.length === 0) throw source.problem('sources', 'names nothing to project')
  return { defaultMode, sources }
}

/** In place of a source that is wrong, so that the others keep their places. */
const unread: VolumeProjection = { kind: 'downwardAPI', items: [] }

const podHint = 'the file is to hold one volume, as an item of spec.volumes in a Pod'
