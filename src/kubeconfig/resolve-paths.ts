import type { PlatformPath } from 'node:path'

import type { ClusterEntry, UserEntry } from './entries.ts'
import type { KubeconfigFile } from './read-entries.ts'

/**
 * The same entries, with the paths in them taken from the folder of their kubeconfig.
 *
 * @param file Absolute path of the kubeconfig.
 * @param paths The rules for paths of the platform.
 */
export function resolvePaths(
  entries: KubeconfigFile,
  file: string,
  paths: PlatformPath,
): KubeconfigFile {
  const folder = paths.dirname(file)
  const absolute = (path: string): string => {
    return path === '' || paths.isAbsolute(path) ? path : paths.join(folder, path)
  }
  return {
    ...entries,
    clusters: mapValues(entries.clusters, (cluster) => resolveCluster(cluster, absolute)),
    users: mapValues(entries.users, (user) => resolveUser(user, absolute, paths.sep)),
  }
}

function resolveCluster(cluster: ClusterEntry, absolute: (path: string) => string): ClusterEntry {
  return { ...cluster, certificateAuthority: absolute(cluster.certificateAuthority) }
}

function resolveUser(
  user: UserEntry,
  absolute: (path: string) => string,
  separator: string,
): UserEntry {
  const { exec } = user
  // A bare command is looked up in PATH. On Windows `./plugin` counts as bare too, as in kubectl.
  const isPath = exec?.command.includes(separator) === true
  return {
    ...user,
    clientCertificate: absolute(user.clientCertificate),
    clientKey: absolute(user.clientKey),
    tokenFile: absolute(user.tokenFile),
    exec: isPath ? { ...exec, command: absolute(exec.command) } : exec,
  }
}

function mapValues<Value>(
  map: ReadonlyMap<string, Value>,
  change: (value: Value) => Value,
): ReadonlyMap<string, Value> {
  return new Map([...map].map(([name, value]) => [name, change(value)]))
}
