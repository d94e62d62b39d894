import { constants } from 'node:fs'

import { access } from '../host/file-system.ts'
import { unreadableFile } from '../host/system-words.ts'
import { chooseEntries } from './choose.ts'
import type { Kubeconfig, Origin } from './entries.ts'
import type { OptionName } from './given-options.ts'
import { clusterWith, userWith, type Overrides } from './overrides.ts'
import type { Problem } from './problem.ts'

/** What is wrong with the files that the chosen entries name. */
export interface UnreadableFiles {
  readonly user: readonly Problem[]
  readonly cluster: readonly Problem[]
}

/**
 * Looks whether the certificates and the key that a connection needs can be read; kubectl does so
 * before it connects, also where data beside the path wins.
 *
 * @throws {@link KubecredError} `ERR_KUBECONFIG_NO_SUCH_ENTRY`, `ERR_KUBECONFIG_INVALID` for a
 *   context without cluster, `ERR_NO_CONFIGURATION`.
 */
export async function unreadableFiles(
  config: Kubeconfig,
  overrides: Overrides = {},
): Promise<UnreadableFiles> {
  const choice = chooseEntries(config, overrides)
  const user = userWith(overrides, config.users.get(choice.user))
  const cluster = clusterWith(overrides, config.clusters.get(choice.cluster))
  const ofUser = { owner: choice.user, origin: user.origin }
  const ofCluster = { owner: choice.cluster, origin: cluster.origin }
  const [certificate, key, authority] = await Promise.all([
    problemWith(user.clientCertificate, 'client-cert', {
      ...ofUser,
      field: 'client-certificate',
      option: 'clientCertificate',
    }),
    // Without a certificate the key is not looked at.
    user.clientCertificate === '' && user.clientCertificateData.length === 0
      ? []
      : problemWith(user.clientKey, 'client-key', {
          ...ofUser,
          field: 'client-key',
          option: 'clientKey',
        }),
    problemWith(cluster.certificateAuthority, 'certificate-authority', {
      ...ofCluster,
      field: 'certificate-authority',
      option: 'certificateAuthority',
    }),
  ])
  return { user: [...certificate, ...key], cluster: authority }
}

interface Named {
  readonly owner: string
  readonly origin: Origin
  readonly field: string
  readonly option: OptionName
}

async function problemWith(
  path: string,
  role: string,
  { owner, origin, field, option }: Named,
): Promise<readonly Problem[]> {
  if (path === '') return []
  try {
    await access(path, constants.R_OK)
    return []
  } catch (error) {
    if (isData(path)) return [dataForPath({ owner, origin, field, option })]
    const message = `unable to read ${role} ${path} for ${owner} due to ${unreadableFile(path, error)}`
    const hint = 'check the path; in a kubeconfig it is taken from the folder of the kubeconfig'
    return [{ message, hint, origin, field, sides: [[option]] }]
  }
}

// PEM, or its base64: somebody has written the content of the file where its path belongs.
function isData(path: string): boolean {
  return path.includes('-----BEGIN') || /(?:^|[\\/])LS0tLS1/u.test(path)
}

function dataForPath({ owner, origin, field, option }: Named): Problem {
  const message = `${field} of ${owner} holds the content of a file, and not its path`
  return { message, hint: `use ${field}-data`, origin, field, sides: [[option]] }
}
