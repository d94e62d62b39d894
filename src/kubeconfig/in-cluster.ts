import { posix } from 'node:path'

import { KubecredError, messageOf } from '../errors/kubecred-error.ts'
import { thisHost, type Environment, type Host } from '../host/host.ts'
import { stat } from '../host/file-system.ts'
import { readBounded } from '../host/read-bounded.ts'
import type { ConnectionConfig } from './connection-config.ts'
import { emptyCluster, emptyUser, type Overrides } from './overrides.ts'
import { selectConnection } from './select.ts'

/** How to connect from inside a pod. */
export interface InClusterOptions {
  /** Default: this process. */
  readonly host?: Host | undefined
  /** Folder of the service account; default: where the kubelet mounts it. */
  readonly directory?: string | undefined
  /** What the caller sets in place of the pod's own. */
  readonly overrides?: Overrides | undefined
}

const serviceAccountDirectory = '/var/run/secrets/kubernetes.io/serviceaccount'
const largestFile = 1024 * 1024

/**
 * The connection that a pod has to the cluster it runs in.
 *
 * @returns undefined when this process does not run in a pod: no KUBERNETES_SERVICE_HOST and
 *   KUBERNETES_SERVICE_PORT, or no token file.
 * @throws {@link KubecredError} `ERR_IN_CLUSTER` when there is a token that cannot be read.
 */
export async function inClusterConnection(
  options: InClusterOptions = {},
): Promise<ConnectionConfig | undefined> {
  const { host = thisHost(), directory = serviceAccountDirectory, overrides = {} } = options
  const server = serverOf(host.env)
  const tokenFile = posix.join(directory, 'token')
  if (server === undefined || !(await isFile(tokenFile))) return undefined
  await refuseUnreadable(tokenFile)
  const certificateAuthority = posix.join(directory, 'ca.crt')
  const trouble = await authorityTrouble(certificateAuthority)
  const connection = selectConnection(
    {
      files: [],
      missing: [],
      currentContext: '',
      contexts: new Map([['', contextOf(await namespaceOf(host.env, directory))]]),
      clusters: new Map([
        [
          '',
          { ...emptyCluster, server, certificateAuthority: trouble ? '' : certificateAuthority },
        ],
      ]),
      users: new Map([['', { ...emptyUser, tokenFile }]]),
    },
    { ...overrides, context: '', cluster: '', user: '' },
  )
  const warnings = trouble === undefined ? [] : [trouble]
  return Object.freeze({ ...connection, source: 'in-cluster', warnings })
}

function serverOf(env: Environment): string | undefined {
  const host = env['KUBERNETES_SERVICE_HOST'] ?? ''
  const port = env['KUBERNETES_SERVICE_PORT'] ?? ''
  if (host === '' || port === '') return undefined
  return `https://${host.includes(':') ? `[${host}]` : host}:${port}`
}

async function isFile(path: string): Promise<boolean> {
  try {
    return !(await stat(path)).isDirectory()
  } catch {
    return false
  }
}

async function refuseUnreadable(tokenFile: string): Promise<void> {
  try {
    await readBounded(tokenFile, largestFile)
  } catch (cause) {
    throw new KubecredError('ERR_IN_CLUSTER', `open ${tokenFile}: ${messageOf(cause)}`, {
      cause,
      hint: 'let the user of the container read it: set fsGroup in the security context of the pod',
      details: { file: tokenFile },
    })
  }
}

/** client-go logs it and trusts the authorities of the system instead. */
async function authorityTrouble(path: string): Promise<string | undefined> {
  const problem = await readBounded(path, largestFile).then(
    (pem) =>
      pem?.includes('-----BEGIN CERTIFICATE-----') === true
        ? undefined
        : 'data does not contain any valid RSA or ECDSA certificates',
    messageOf,
  )
  if (problem === undefined) return undefined
  return `Expected to load root CA config from ${path}, but got err: ${problem}`
}

function contextOf(namespace: string) {
  return { origin: { file: '', field: '' }, cluster: '', user: '', namespace }
}

async function namespaceOf(env: Environment, directory: string): Promise<string> {
  const given = env['POD_NAMESPACE'] ?? ''
  if (given !== '') return given
  const bytes = await readBounded(posix.join(directory, 'namespace'), largestFile).catch(
    () => undefined,
  )
  return bytes?.toString('utf8').trim() ?? ''
}
