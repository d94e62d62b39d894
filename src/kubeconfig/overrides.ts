import { Secret } from '../credential/secret.ts'
import type { ClusterEntry, Impersonation, UserEntry } from './entries.ts'

/**
 * What the caller sets in place of the kubeconfig's entries, named as kubectl's flags. An empty
 * value, or false, leaves the entry as it is. Relative paths are taken from the working directory.
 */
export interface Overrides {
  readonly context?: string | undefined
  readonly cluster?: string | undefined
  readonly user?: string | undefined
  readonly namespace?: string | undefined
  readonly server?: string | undefined
  readonly tlsServerName?: string | undefined
  readonly insecureSkipTlsVerify?: boolean | undefined
  /** Path. */
  readonly certificateAuthority?: string | undefined
  readonly disableCompression?: boolean | undefined
  readonly proxyUrl?: string | undefined
  readonly token?: string | undefined
  readonly username?: string | undefined
  readonly password?: string | undefined
  /** Path. */
  readonly clientCertificate?: string | undefined
  /** Path. */
  readonly clientKey?: string | undefined
  readonly impersonate?: Partial<Impersonation> | undefined
}

const noBytes = new Uint8Array()

const noOrigin = { file: '', field: '' }

/** A cluster of which nothing is known. */
export const emptyCluster: ClusterEntry = {
  origin: noOrigin,
  server: '',
  tlsServerName: '',
  insecureSkipTlsVerify: false,
  certificateAuthority: '',
  certificateAuthorityData: noBytes,
  proxyUrl: '',
  disableCompression: false,
  execExtension: null,
}

/** A user of whom nothing is known. */
export const emptyUser: UserEntry = {
  origin: noOrigin,
  clientCertificate: '',
  clientCertificateData: noBytes,
  clientKey: '',
  clientKeyData: undefined,
  token: undefined,
  tokenFile: '',
  impersonate: { user: '', uid: '', groups: [], extra: {} },
  username: '',
  password: undefined,
  authProvider: undefined,
  exec: undefined,
}

/** The cluster with the overrides in force. */
export function clusterWith(
  overrides: Overrides,
  cluster: ClusterEntry = emptyCluster,
): ClusterEntry {
  return {
    ...cluster,
    ...trustWith(overrides, cluster),
    server: overrides.server || cluster.server,
    // Another server has another name: the entry's belongs to the entry's server.
    tlsServerName: overrides.tlsServerName || (overrides.server ? '' : cluster.tlsServerName),
    proxyUrl: overrides.proxyUrl || cluster.proxyUrl,
    disableCompression: overrides.disableCompression || cluster.disableCompression,
  }
}

type Trust = Pick<
  ClusterEntry,
  'insecureSkipTlsVerify' | 'certificateAuthority' | 'certificateAuthorityData'
>

/** The three go together: one given takes the entry's other two away. */
function trustWith(overrides: Overrides, cluster: ClusterEntry): Trust {
  const insecureSkipTlsVerify = overrides.insecureSkipTlsVerify ?? false
  const certificateAuthority = overrides.certificateAuthority ?? ''
  if (!insecureSkipTlsVerify && certificateAuthority === '') return cluster
  return { insecureSkipTlsVerify, certificateAuthority, certificateAuthorityData: noBytes }
}

/** The user with the overrides in force. */
export function userWith(overrides: Overrides, user: UserEntry = emptyUser): UserEntry {
  const { token, username, password, clientCertificate, clientKey, impersonate } = overrides
  return {
    ...user,
    clientCertificate: clientCertificate || user.clientCertificate,
    clientKey: clientKey || user.clientKey,
    token: token ? new Secret(token) : user.token,
    // Where client-go would go on with the file, a token that was asked for wins.
    tokenFile: token ? '' : user.tokenFile,
    username: username || user.username,
    password: password ? new Secret(password) : user.password,
    impersonate: impersonationWith(impersonate ?? {}, user.impersonate),
  }
}

function impersonationWith(
  { user, uid, groups = [], extra = {} }: Partial<Impersonation>,
  entry: Impersonation,
): Impersonation {
  return {
    user: user || entry.user,
    uid: uid || entry.uid,
    groups: groups.length > 0 ? groups : entry.groups,
    extra: { ...entry.extra, ...extra },
  }
}

/** Whether the overrides say by themselves who the user is. */
export function namesUser({ token, username, clientCertificate }: Overrides): boolean {
  return [token, username, clientCertificate].some((value) => value !== undefined && value !== '')
}
