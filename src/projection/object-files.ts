import { isBase64 } from '../encoding/base64.ts'
import type { ConfigMapProjection, SecretProjection } from './volume.ts'

/** What of a ConfigMap is projected, as the API gives it. */
export interface ConfigMapContent {
  readonly data?: Readonly<Record<string, string>> | null | undefined
  /** In base64. */
  readonly binaryData?: Readonly<Record<string, string>> | null | undefined
}

/** What of a Secret is projected, as the API gives it. */
export interface SecretContent {
  /** In base64. */
  readonly data?: Readonly<Record<string, string>> | null | undefined
}

/** A file of an object. */
export interface ObjectFile {
  readonly path: string
  readonly data: Uint8Array
  readonly mode: number | undefined
}

/** The files of a ConfigMap or a Secret, and what is wrong with it, in the kubelet's words. */
export interface ObjectFiles {
  readonly files: readonly ObjectFile[]
  readonly problems: readonly string[]
}

/** Files of a ConfigMap; undefined stands for one that does not exist. */
export function configMapFiles(
  source: ConfigMapProjection,
  object: ConfigMapContent | undefined,
): ObjectFiles {
  const texts = entriesOf(object?.data).map(([key, text]) => [key, Buffer.from(text)] as const)
  const binary = entriesOf(object?.binaryData).map(([key, text]) => [key, bytesOf(text)] as const)
  // The kubelet looks at `data` first for a key that is named, and goes over all of `binaryData` last.
  const content = new Map(source.items.length > 0 ? [...binary, ...texts] : [...texts, ...binary])
  const missing = (key: string): string =>
    `configmap references non-existent config key: ${key} (ConfigMap "${source.name}")`
  return filesOf(source, object === undefined, content, `configmaps "${source.name}"`, missing)
}

/** Files of a Secret; undefined stands for one that does not exist. */
export function secretFiles(
  source: SecretProjection,
  object: SecretContent | undefined,
): ObjectFiles {
  const content = new Map(entriesOf(object?.data).map(([key, text]) => [key, bytesOf(text)]))
  const missing = (key: string): string =>
    `references non-existent secret key: ${key} (Secret "${source.name}")`
  return filesOf(source, object === undefined, content, `secrets "${source.name}"`, missing)
}

function filesOf(
  { items, optional }: ConfigMapProjection | SecretProjection,
  isAbsent: boolean,
  content: ReadonlyMap<string, Uint8Array | undefined>,
  shown: string,
  missing: (key: string) => string,
): ObjectFiles {
  if (isAbsent && !optional) return { files: [], problems: [`${shown} not found`] }
  const all = [...content.keys()].map((key) => ({ key, path: key, mode: undefined }))
  const files: ObjectFile[] = []
  const problems: string[] = []
  for (const { key, path, mode } of items.length > 0 ? items : all) {
    const data = content.get(key)
    if (data !== undefined) files.push({ path, data, mode })
    else if (content.has(key)) problems.push(`${shown}: the value of key ${key} is not base64`)
    else if (!optional) problems.push(missing(key))
  }
  return { files, problems }
}

function entriesOf(
  map: Readonly<Record<string, string>> | null | undefined,
): readonly (readonly [string, string])[] {
  return Object.entries(map ?? {})
}

/** The bytes; undefined where it is no base64. */
function bytesOf(text: string): Uint8Array | undefined {
  return isBase64(text) ? Buffer.from(text, 'base64') : undefined
}
