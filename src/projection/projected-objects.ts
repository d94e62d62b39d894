import type { ConfigMapContent, SecretContent } from './object-files.ts'
import type { ProjectedVolume } from './volume.ts'

/** Gives the ConfigMaps and Secrets of a volume's namespace; undefined for one that does not exist. */
export interface ObjectReader {
  configMap(name: string, signal: AbortSignal): Promise<ConfigMapContent | undefined>
  secret(name: string, signal: AbortSignal): Promise<SecretContent | undefined>
}

/** ConfigMaps and Secrets as they were at one time, those that exist. */
export interface ProjectedObjects {
  readonly configMaps: ReadonlyMap<string, ConfigMapContent>
  readonly secrets: ReadonlyMap<string, SecretContent>
}

/** Names of what a volume is made of, each once. */
export function objectNames(volume: ProjectedVolume, kind: 'configMap' | 'secret'): string[] {
  const names = volume.sources.flatMap((source) => (source.kind === kind ? source.name : []))
  return [...new Set(names)]
}

/** Reads all objects of a volume; throws what the reader throws. */
export async function readObjects(
  volume: ProjectedVolume,
  reader: ObjectReader,
  signal: AbortSignal,
): Promise<ProjectedObjects> {
  const [configMaps, secrets] = await Promise.all([
    all(objectNames(volume, 'configMap'), (name) => reader.configMap(name, signal)),
    all(objectNames(volume, 'secret'), (name) => reader.secret(name, signal)),
  ])
  return { configMaps, secrets }
}

async function all<Content>(
  names: readonly string[],
  read: (name: string) => Promise<Content | undefined>,
): Promise<ReadonlyMap<string, Content>> {
  const found = await Promise.all(names.map(async (name) => ({ name, content: await read(name) })))
  return new Map(
    found.flatMap(({ name, content }) => (content === undefined ? [] : [[name, content]])),
  )
}
