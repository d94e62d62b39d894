import { Secret } from '../credential/secret.ts'
import { authProviderError, isLivingProvider } from './auth-provider.ts'
import { chooseEntries } from './choose.ts'
import type {
  AuthConfig,
  ConnectionConfig,
  PemSource,
  SecretPemSource,
  ServerConfig,
} from './connection-config.ts'
import type { ClusterEntry, Impersonation, Kubeconfig, UserEntry } from './entries.ts'
import { execConfigOf } from './exec-config.ts'
import { clusterWith, userWith, type Overrides } from './overrides.ts'
import { refuseProblems } from './problem.ts'
import { readServerAddress, type ServerAddress } from './server-url.ts'
import type { UnreadableFiles } from './unreadable-files.ts'
import { clusterProblems } from './validate-cluster.ts'
import { secureProblems, userProblems } from './validate-user.ts'

/**
 * Chooses and checks what one connection needs. Pure: files that the entries name are not read.
 *
 * @throws {@link KubecredError} `ERR_KUBECONFIG_NO_SUCH_ENTRY`, `ERR_KUBECONFIG_INVALID` with
 *   everything that is wrong, `ERR_EXEC_CONFIG`, or `ERR_NO_CONFIGURATION`.
 */
export function selectConnection(config: Kubeconfig, overrides: Overrides = {}): ConnectionConfig {
  return selectWith(config, overrides, { user: [], cluster: [] })
}

/**
 * As {@link selectConnection}, and what is wrong with the files that the entries name is told
 * together with the rest.
 */
export function selectWith(
  config: Kubeconfig,
  overrides: Overrides,
  unreadable: UnreadableFiles,
): ConnectionConfig {
  const choice = chooseEntries(config, overrides)
  const cluster = clusterWith(overrides, config.clusters.get(choice.cluster))
  const user = userWith(overrides, config.users.get(choice.user))
  refuseProblems(
    [
      ...userProblems(choice.user, user, unreadable.user),
      ...clusterProblems(choice.cluster, cluster),
      ...unreadable.cluster,
    ],
    overrides,
  )
  const address = readServerAddress(cluster.server)
  // Unreachable: a problem of the cluster.
  if (typeof address === 'string') throw new TypeError(address)
  const isSecure = address.url.startsWith('https:')
  if (isSecure) refuseInSecure(user, cluster, overrides)
  return Object.freeze({
    source: 'kubeconfig',
    files: config.files,
    missing: config.missing,
    ...choice,
    server: serverOf(cluster, address),
    auth: isSecure ? authOf(user, address) : { ...nobody, impersonate: impersonationOf(user) },
    warnings: warningsOf(config),
  })
}

/** What matters only where the user's credentials are put to use. */
function refuseInSecure(user: UserEntry, cluster: ClusterEntry, overrides: Overrides): void {
  refuseProblems(secureProblems(user, cluster), overrides)
  const { authProvider } = user
  if (authProvider !== undefined && !isLivingProvider(authProvider)) {
    throw authProviderError(authProvider)
  }
}

function serverOf(cluster: ClusterEntry, { url, address }: ServerAddress): ServerConfig {
  return Object.freeze({
    url,
    address,
    tlsServerName: cluster.tlsServerName,
    insecureSkipTlsVerify: cluster.insecureSkipTlsVerify,
    certificateAuthority: pemSource(cluster.certificateAuthorityData, cluster.certificateAuthority),
    proxyUrl: cluster.proxyUrl,
    disableCompression: cluster.disableCompression,
    execExtension: cluster.execExtension,
  })
}

function pemSource(data: Uint8Array, path: string): PemSource | undefined {
  if (data.length > 0) return { kind: 'data', pem: data }
  return path === '' ? undefined : { kind: 'file', path }
}

const noImpersonation: Impersonation = { user: '', uid: '', groups: [], extra: {} }

const nobody: AuthConfig = {
  token: undefined,
  tokenFile: '',
  username: '',
  password: undefined,
  clientCertificate: undefined,
  clientKey: undefined,
  impersonate: noImpersonation,
  exec: undefined,
  authProvider: '',
}

function authOf(user: UserEntry, address: ServerAddress): AuthConfig {
  const certificate = pemSource(user.clientCertificateData, user.clientCertificate)
  return Object.freeze({
    token: user.token,
    tokenFile: user.tokenFile,
    username: user.username,
    password: user.password,
    clientCertificate: certificate,
    clientKey: certificate === undefined ? undefined : keySource(user),
    impersonate: impersonationOf(user),
    exec: user.exec === undefined ? undefined : execConfigOf(user.exec, user.origin),
    authProvider: user.authProvider ?? '',
    ...userOfUrl(address),
  })
}

function keySource({ clientKeyData, clientKey }: UserEntry): SecretPemSource {
  if (clientKeyData !== undefined) return { kind: 'data', pem: clientKeyData }
  return { kind: 'file', path: clientKey }
}

function impersonationOf({ impersonate }: UserEntry): Impersonation {
  return impersonate.user === '' ? noImpersonation : impersonate
}

/** Go's HTTP client sends the user of a URL before anybody else has set a header. */
function userOfUrl({ username, password }: ServerAddress): Partial<AuthConfig> {
  if (username === '') return {}
  return { username, password: new Secret(password), token: undefined, tokenFile: '' }
}

function warningsOf({ files, missing }: Kubeconfig): readonly string[] {
  const allMissing = files.length === 0 && missing.length > 0
  return allMissing ? [`Config not found: ${missing.join(', ')}`] : []
}
