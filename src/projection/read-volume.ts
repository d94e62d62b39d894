import { isJsonObject, type JsonValue } from '../api/json.ts'
import { KubecredError, type ErrorDetails } from '../errors/kubecred-error.ts'
import { FieldProblem, Fields, objectOf, pathText } from '../yaml/fields.ts'
import { readYamlFile } from '../yaml/read-file.ts'
import { refuseDuplicatePaths } from './duplicate-paths.ts'
import { onlyNames } from './only-names.ts'
import { readProjection } from './read-projection.ts'
import { fileMode } from './volume-limits.ts'
import type { ProjectedVolume } from './volume.ts'

/**
 * Reads a Pod's `projected` volume source, in YAML or JSON.
 *
 * It may stand there bare, under `projected:`, or as a whole volume. The API server's limits hold, and its
 * words. What means nothing outside a pod is refused, and so is every field that the API does not have.
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
    if (!(error instanceof FieldProblem)) throw error
    const { path, message, hint } = error
    const field = pathText(path)
    throw invalid(`invalid projected volume: ${field} ${message}`, hint, { field })
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
  const sources = source.objects('sources').map(readProjection)
  if (sources.length === 0) throw source.problem('sources', 'names nothing to project')
  refuseDuplicatePaths(sources, source.path)
  return { defaultMode: fileMode(source, 'defaultMode'), sources }
}

const podHint = 'the file is to hold one volume, as an item of spec.volumes in a Pod'
