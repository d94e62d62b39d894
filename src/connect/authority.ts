import { KubecredError } from '../errors/kubecred-error.ts'
import { unreadableFile } from '../host/system-words.ts'
import { readBounded } from '../host/read-bounded.ts'
import type { PemSource } from '../kubeconfig/connection-config.ts'

const largestFile = 4 * 2 ** 20

/**
 * The bytes of the certificate authority; undefined for the authorities of the system.
 *
 * @param cluster Name of the cluster that names it, for messages; '' for none.
 * @throws {@link KubecredError} `ERR_KUBECONFIG_UNREADABLE`, with the path.
 */
export async function readAuthority(
  source: PemSource | undefined,
  cluster: string,
): Promise<Uint8Array | undefined> {
  if (source === undefined) return undefined
  if (source.kind === 'data') return source.pem
  const { path } = source
  try {
    const bytes = await readBounded(path, largestFile)
    if (bytes !== undefined) return bytes
  } catch (error) {
    throw unreadable(path, cluster, unreadableFile(path, error), error)
  }
  throw unreadable(path, cluster, 'its size: it is larger than 4 MiB', undefined)
}

function unreadable(file: string, cluster: string, why: string, cause: unknown): KubecredError {
  const owner = cluster === '' ? '' : ` for ${cluster}`
  return new KubecredError(
    'ERR_KUBECONFIG_UNREADABLE',
    `unable to read certificate-authority ${file}${owner} due to ${why}`,
    { cause, hint: 'correct certificate-authority in the kubeconfig', details: { file } },
  )
}
