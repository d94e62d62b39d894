import { resolve } from 'node:path'

import { KubecredError, type Host } from '../doors/index.ts'
import { defaultVolume, readProjectedVolume, type ProjectedVolume } from '../doors/token.ts'
import { CommandError, usageError } from './command-error.ts'
import { systemWords } from './system-words.ts'
import type { TokenProjectFlags } from './token-project-flags.ts'
import { serviceAccountName } from './token-wish.ts'

/** What `kubecred token project` is asked to keep. */
export interface ProjectWish {
  readonly serviceAccount: string
  /** Absolute path. */
  readonly directory: string
  readonly volume: ProjectedVolume
  /** Whether it is what every pod has, so that the certificates are those of the connection. */
  readonly isUsual: boolean
}

const example =
  'for example: kubecred token project --service-account=deployer -n ci --dir=/run/deployer'

/**
 * Reads what the flags ask for.
 *
 * @throws {@link CommandError} A usage error; or for a file that cannot be read. {@link KubecredError}
 *   `ERR_PROJECTION_INVALID` for a file that holds no volume.
 */
export async function readProjectWish(
  flags: TokenProjectFlags,
  { cwd }: Pick<Host, 'cwd'>,
): Promise<ProjectWish> {
  const { serviceAccount = '', dir = '', spec = '', mode } = flags
  if (serviceAccount === '') throw usageError('--service-account is required', example)
  if (dir === '') throw usageError('--dir is required', example)
  const volume = spec === '' ? usualVolume(flags) : await volumeIn(resolve(cwd, spec), flags)
  return {
    serviceAccount: serviceAccountName(serviceAccount, example),
    directory: resolve(cwd, dir),
    volume: mode === undefined ? volume : { ...volume, defaultMode: mode },
    isUsual: spec === '',
  }
}

/** What is in a volume, in words: `token, ca.crt, all of configmap settings`. */
export function contentsOf({ sources }: ProjectedVolume): string {
  const parts = sources.flatMap((source) => {
    if (source.kind === 'serviceAccountToken') return source.path
    const items = source.items.map(({ path }) => path)
    if (source.kind === 'downwardAPI' || items.length > 0) return items
    return `all of ${source.kind.toLowerCase()} ${source.name}`
  })
  return parts.join(', ')
}

function usualVolume({ audience, expirationSeconds, path }: TokenProjectFlags): ProjectedVolume {
  try {
    return defaultVolume({
      ...(audience === undefined ? {} : { audience }),
      ...(expirationSeconds === undefined ? {} : { expirationSeconds }),
      ...(path === undefined ? {} : { path }),
    })
  } catch (error) {
    // All else that may be wrong with it was looked at before.
    if (!(error instanceof KubecredError)) throw error
    const words = error.message.replace(/^invalid projected volume: \S+ /u, '')
    throw usageError(`invalid argument ${JSON.stringify(path)} for "--path" flag: ${words}`)
  }
}

async function volumeIn(file: string, flags: TokenProjectFlags): Promise<ProjectedVolume> {
  const { audience, expirationSeconds, path } = flags
  const others = Object.entries({ audience, 'expiration-seconds': expirationSeconds, path })
  const other = others.find(([, value]) => value !== undefined)?.[0]
  if (other !== undefined) {
    throw usageError(`cannot set --spec and --${other} at the same time`, 'the file says that')
  }
  const { readFile } = await import('node:fs/promises')
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new CommandError(`open ${file}: ${systemWords(error)}`, {
      hint: 'give --spec a file with a projected volume source of a Pod',
    })
  })
  return readProjectedVolume(bytes, file)
}
