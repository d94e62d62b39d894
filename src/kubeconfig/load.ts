import { KubecredError, systemCodeOf } from '../errors/kubecred-error.ts'
import { thisHost, type Host } from '../host/host.ts'
import { readBounded } from '../host/read-bounded.ts'
import { unreadableFile, unreadableFileHint } from '../host/system-words.ts'
import type { Kubeconfig } from './entries.ts'
import { homeFolder } from './home-folder.ts'
import { locateKubeconfig, pathsOf } from './locate.ts'
import { mergeKubeconfigs } from './merge.ts'
import { parseKubeconfig } from './parse.ts'
import type { KubeconfigFile } from './read-entries.ts'
import { resolvePaths } from './resolve-paths.ts'

/** Which kubeconfig to load. */
export interface LoadOptions {
  /** Just this file; default: those that KUBECONFIG lists, else `~/.kube/config`. */
  readonly path?: string | undefined
  /** Default: this process. */
  readonly host?: Host | undefined
}

const largestFile = 16 * 1024 * 1024

/**
 * Loads the kubeconfig as kubectl does: the files merged, the paths in them absolute.
 *
 * Files that KUBECONFIG lists may be missing; when there is none at all, the result is empty.
 *
 * @throws {@link KubecredError} `ERR_KUBECONFIG_NOT_FOUND` when the file of `path` is missing;
 *   `ERR_KUBECONFIG_UNREADABLE`; `ERR_KUBECONFIG_INVALID`.
 */
export async function loadKubeconfig(options: LoadOptions = {}): Promise<Kubeconfig> {
  const { path, host = thisHost() } = options
  const { files, explicit } = locateKubeconfig(path, host, homeFolder(host))
  const found: KubeconfigFile[] = []
  const read: string[] = []
  const missing: string[] = []
  for (const file of files) {
    const entries = await loadFile(file, explicit, host)
    if (entries === undefined) {
      missing.push(file)
    } else {
      read.push(file)
      found.push(entries)
    }
  }
  return Object.freeze({ ...mergeKubeconfigs(found), files: read, missing })
}

async function loadFile(
  file: string,
  mustExist: boolean,
  host: Host,
): Promise<KubeconfigFile | undefined> {
  const bytes = await readFile(file, mustExist)
  if (bytes === undefined) return undefined
  return resolvePaths(parseKubeconfig(bytes, file), file, pathsOf(host.platform))
}

async function readFile(file: string, mustExist: boolean): Promise<Buffer | undefined> {
  const bytes = await readBounded(file, largestFile).catch((error: unknown) => {
    if (systemCodeOf(error) !== 'ENOENT') throw unreadable(file, error)
    if (mustExist) throw notFound(file, error)
    return 'missing' as const
  })
  if (bytes === 'missing') return undefined
  if (bytes === undefined) throw tooLarge(file)
  return bytes
}

function notFound(file: string, cause: unknown): KubecredError {
  return new KubecredError('ERR_KUBECONFIG_NOT_FOUND', `stat ${file}: no such file or directory`, {
    cause,
    hint: 'check the path of the kubeconfig, or leave it out to use KUBECONFIG or ~/.kube/config',
    details: { file },
  })
}

function unreadable(file: string, cause: unknown): KubecredError {
  return new KubecredError(
    'ERR_KUBECONFIG_UNREADABLE',
    `error loading config file ${JSON.stringify(file)}: ${unreadableFile(file, cause)}`,
    {
      cause,
      hint: unreadableFileHint(cause, 'check the path, and what is there'),
      details: { file },
    },
  )
}

function tooLarge(file: string): KubecredError {
  return new KubecredError(
    'ERR_KUBECONFIG_INVALID',
    `error loading config file ${JSON.stringify(file)}: it is larger than 16 MiB`,
    { hint: 'this does not look like a kubeconfig; check the path', details: { file } },
  )
}
