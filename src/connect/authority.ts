import { systemClock, type Clock } from '../credential/clock.ts'
import { Listeners } from '../credential/listeners.ts'
import { KubecredError } from '../errors/kubecred-error.ts'
import type { RotatingFile } from '../file/rotating-file.ts'
import { readBounded } from '../host/read-bounded.ts'
import { unreadableFile } from '../host/system-words.ts'
import type { PemSource } from '../kubeconfig/connection-config.ts'
import { faultOfAuthority } from './whole-authority.ts'

/** The certificate authority of a server, as it is now. */
export interface Authority {
  /** PEM, a character for each byte; undefined for the authorities of the system. */
  current(): string | undefined
  /** Calls `listener` after each change, until the function that comes back is called. */
  onChange(listener: () => void): () => void
  close(): Promise<void>
}

const largestFile = 4 * 2 ** 20

/**
 * The certificate authority, read again when its file changes. The first may be what client-go takes;
 * one that comes later and is not whole is not used.
 *
 * @throws {@link KubecredError} As {@link readAuthority}.
 */
export async function openAuthority(
  source: PemSource | undefined,
  cluster: string,
  clock: Clock = systemClock,
): Promise<Authority> {
  if (source?.kind !== 'file') {
    return fixedAuthority(await readAuthority(source, cluster))
  }
  // Loaded where there is a file to watch.
  const { openRotatingFile } = await import('../file/rotating-file.ts')
  const listeners = new Listeners()
  let isFirst = true
  return followedBy(
    await openRotatingFile(
      {
        files: [source.path],
        read: async () => {
          const pem = (await readAuthority(source, cluster)) ?? ''
          // What is wrong with the first is told with what else is wrong with the connection.
          const fault = isFirst ? undefined : faultOfAuthority(pem)
          if (fault !== undefined) throw unreadable(source.path, cluster, fault, undefined)
          isFirst = false
          return pem
        },
        same: (one, other) => one === other,
        changed: () => {
          listeners.tell()
        },
      },
      { clock },
    ),
    listeners,
  )
}

// Apart from the function that makes the file: what follows the file must not lead to it, and closures
// of one function share what they hold.
function followedBy(file: RotatingFile<string>, listeners: Listeners): Authority {
  return {
    current: () => file.current(),
    onChange: (listener) => listeners.add(listener),
    close: () => file.close(),
  }
}

/** An authority that does not change. */
export function fixedAuthority(pem: string | undefined): Authority {
  return {
    current: () => pem,
    onChange: () => () => undefined,
    close: () => Promise.resolve(),
  }
}

/**
 * The certificate authority, PEM with a character for each byte; undefined for the authorities of the
 * system.
 *
 * @param cluster Name of the cluster that names it, for messages; '' for none.
 * @throws {@link KubecredError} `ERR_KUBECONFIG_UNREADABLE`, with the path.
 */
export async function readAuthority(
  source: PemSource | undefined,
  cluster: string,
): Promise<string | undefined> {
  if (source === undefined) return undefined
  if (source.kind === 'data') return Buffer.from(source.pem).toString('latin1')
  const { path } = source
  try {
    const bytes = await readBounded(path, largestFile)
    if (bytes !== undefined) return bytes.toString('latin1')
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
