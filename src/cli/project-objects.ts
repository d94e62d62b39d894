import type { ConnectionConfig } from '../doors/index.ts'
import {
  clusterObjects,
  rootCertificates,
  type ObjectReader,
  type TokenClient,
} from '../doors/token.ts'
import { CommandError } from './command-error.ts'
import type { ProjectWish } from './project-wish.ts'
import { systemWords } from './system-words.ts'

/**
 * Where the ConfigMaps and Secrets of a volume come from: what every pod has needs nothing but the
 * certificates that the connection trusts, a volume of the user's own the server.
 */
export function projectObjects(
  { isUsual }: ProjectWish,
  { namespace, server }: ConnectionConfig,
  client: TokenClient,
): ObjectReader {
  if (!isUsual) return clusterObjects({ client, namespace })
  const { certificateAuthority: authority } = server
  return {
    async configMap() {
      // Those of the system are in its own places.
      if (authority === undefined) return undefined
      return rootCertificates(
        authority.kind === 'data' ? authority.pem : await certificatesIn(authority.path),
      )
    },
    secret: () => Promise.resolve(undefined),
  }
}

/** Read each time: whoever renews an authority renews its file. */
async function certificatesIn(path: string): Promise<Uint8Array> {
  const { readFile } = await import('node:fs/promises')
  return await readFile(path).catch((error: unknown) => {
    throw new CommandError(`open ${path}: ${systemWords(error)}`, {
      hint: 'the kubeconfig, or --certificate-authority, names it',
    })
  })
}
