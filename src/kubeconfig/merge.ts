import type { KubeconfigFile } from './read-entries.ts'

/**
 * One view of several kubeconfigs: the first file that has an entry of a name, whole, and the first
 * that has a current context.
 */
export function mergeKubeconfigs(files: readonly KubeconfigFile[]): KubeconfigFile {
  return {
    currentContext: files.map((file) => file.currentContext).find((name) => name !== '') ?? '',
    contexts: firstOfEach(files.map((file) => file.contexts)),
    clusters: firstOfEach(files.map((file) => file.clusters)),
    users: firstOfEach(files.map((file) => file.users)),
  }
}

function firstOfEach<Entry>(
  maps: readonly ReadonlyMap<string, Entry>[],
): ReadonlyMap<string, Entry> {
  const merged = new Map<string, Entry>()
  for (const [name, entry] of maps.flatMap((map) => [...map])) {
    if (!merged.has(name)) merged.set(name, entry)
  }
  return merged
}
