import type { Secret } from '../credential/secret.ts'
import { KubecredError } from '../errors/kubecred-error.ts'
import { parseFieldPath } from './field-path.ts'
import { fieldText, type PodFacts } from './field-text.ts'
import {
  configMapFiles,
  secretFiles,
  type ConfigMapContent,
  type ObjectFile,
  type ObjectFiles,
  type SecretContent,
} from './object-files.ts'
import { cleanFilePath, pathFault } from './payload-path.ts'
import type { Payload, ProjectedFile } from './payload.ts'
import type {
  DownwardProjection,
  ProjectedVolume,
  TokenProjection,
  VolumeProjection,
} from './volume.ts'

/** What the sources of a volume came to. */
export interface ProjectionInputs {
  /** The token of each source that asks for one. */
  readonly tokens: ReadonlyMap<TokenProjection, Secret>
  /** ConfigMaps by name; one that does not exist is not there. */
  readonly configMaps?: ReadonlyMap<string, ConfigMapContent>
  /** Secrets by name; one that does not exist is not there. */
  readonly secrets?: ReadonlyMap<string, SecretContent>
  /** What fields of the pod are to say. */
  readonly facts?: PodFacts
  /** Id of the user who is to own the tokens, which are for that user only then (0600). */
  readonly fsUser?: number | undefined
  /** Id of the group of all files, which may read them then (tokens: 0640). */
  readonly fsGroup?: number | undefined
}

/**
 * The files of a volume, by the kubelet's rules.
 *
 * Modes: that of the item, else the volume's `defaultMode`, else 0600 for tokens and Secrets and 0644 for
 * the rest. With `fsUser` or `fsGroup` a token has 0600, whatever the volume says, and with `fsGroup`
 * the group may read each file, as in a pod. No file shows its content when it is printed.
 *
 * @throws {@link KubecredError} `ERR_PROJECTION_SOURCE` For what is not there and not optional: all of it,
 *   in the words of the API server and the kubelet.
 * @throws TypeError When a token is missing.
 */
export function projectedPayload(volume: ProjectedVolume, inputs: ProjectionInputs): Payload {
  const payload = new Map<string, ProjectedFile>()
  const problems: SourceProblem[] = []
  for (const [index, source] of volume.sources.entries()) {
    const found = filesOf(source, inputs, `sources[${index}].${source.kind}`)
    for (const message of found.problems) {
      problems.push({ message, field: `sources[${index}].${source.kind}` })
    }
    for (const { path, data, mode } of found.files) {
      const clean = pathFault(path) === undefined ? cleanFilePath(path) : path
      payload.set(clean, new HiddenFile(data, attributesOf(source, mode, volume, inputs)))
    }
  }
  refuse(problems)
  return payload
}

interface SourceProblem {
  readonly message: string
  readonly field: string
}

function refuse(problems: readonly SourceProblem[]): void {
  const [first] = problems
  if (first === undefined) return
  const messages = [...new Set(problems.map(({ message }) => message))]
  throw new KubecredError(
    'ERR_PROJECTION_SOURCE',
    messages.length === 1 ? messages.join() : `[${messages.join(', ')}]`,
    { details: { field: first.field } },
  )
}

function filesOf(source: VolumeProjection, inputs: ProjectionInputs, field: string): ObjectFiles {
  switch (source.kind) {
    case 'serviceAccountToken': {
      const token = inputs.tokens.get(source)
      if (token === undefined) throw new TypeError(`"tokens" has none for ${field}`)
      const data = Buffer.from(token.reveal())
      return { files: [{ path: source.path, data, mode: undefined }], problems: [] }
    }
    case 'configMap':
      return configMapFiles(source, inputs.configMaps?.get(source.name))
    case 'secret':
      return secretFiles(source, inputs.secrets?.get(source.name))
    case 'downwardAPI':
      return downwardFiles(source, inputs.facts ?? {})
  }
}

function downwardFiles({ items }: DownwardProjection, facts: PodFacts): ObjectFiles {
  const files: ObjectFile[] = []
  const problems: string[] = []
  for (const { fieldPath, path, mode } of items) {
    const field = parseFieldPath(fieldPath)
    if (typeof field === 'string') {
      problems.push(`fieldPath of ${path} ${field}`)
      continue
    }
    const text = fieldText(field, facts)
    if (text === undefined) problems.push(`${fieldPath} is not known outside a pod`)
    else files.push({ path, data: Buffer.from(text), mode })
  }
  return { files, problems }
}

type Attributes = Omit<ProjectedFile, 'data'>

const privateMode = 0o600
const podMode = 0o644
const readableByGroup = 0o440

function attributesOf(
  { kind }: VolumeProjection,
  own: number | undefined,
  { defaultMode }: ProjectedVolume,
  { fsUser, fsGroup }: ProjectionInputs,
): Attributes {
  const isToken = kind === 'serviceAccountToken'
  const isPrivate = isToken || kind === 'secret'
  const isOwned = isToken && (fsUser !== undefined || fsGroup !== undefined)
  const wanted = own ?? defaultMode ?? (isPrivate ? privateMode : podMode)
  const mode = isOwned ? privateMode : wanted
  return {
    mode: fsGroup === undefined ? mode : mode | readableByGroup,
    uid: isToken ? fsUser : undefined,
    gid: fsGroup,
  }
}

/** A file whose content is not printed with it. */
class HiddenFile implements ProjectedFile {
  readonly #data: Uint8Array
  readonly mode: number
  readonly uid: number | undefined
  readonly gid: number | undefined

  constructor(data: Uint8Array, { mode, uid, gid }: Attributes) {
    this.#data = data
    this.mode = mode
    this.uid = uid
    this.gid = gid
  }

  get data(): Uint8Array {
    return this.#data
  }
}
