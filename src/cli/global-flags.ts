import type { Overrides } from '../doors/index.ts'
import { usageError } from './command-error.ts'
import { parseDuration } from './duration.ts'
import type { Flag } from './flag.ts'

/** The flags of every command, as kubectl has them. */
export interface GlobalFlags {
  readonly kubeconfig?: string
  readonly context?: string
  readonly cluster?: string
  readonly user?: string
  readonly namespace?: string
  readonly server?: string
  readonly token?: string
  readonly username?: string
  readonly password?: string
  readonly as?: string
  readonly asGroup?: readonly string[]
  readonly asUid?: string
  readonly certificateAuthority?: string
  readonly clientCertificate?: string
  readonly clientKey?: string
  readonly tlsServerName?: string
  readonly insecureSkipTlsVerify?: boolean
  readonly disableCompression?: boolean
  readonly kuberc?: string
  readonly pluginPolicy?: string
  readonly pluginAllow?: readonly string[]
  /** Milliseconds; 0 for no limit. */
  readonly requestTimeout?: number
  /** How much is told on stderr. */
  readonly v?: number
}

/** How the command line has {@link GlobalFlags}. */
export const globalFlags: readonly Flag[] = [
  {
    name: 'kubeconfig',
    value: 'file',
    help: 'kubeconfig instead of KUBECONFIG and ~/.kube/config',
  },
  { name: 'context', value: 'name', help: 'context to use' },
  { name: 'cluster', value: 'name', help: "cluster to use instead of the context's" },
  { name: 'user', value: 'name', help: "user to use instead of the context's" },
  {
    name: 'namespace',
    short: 'n',
    value: 'name',
    help: "namespace to use instead of the context's",
  },
  { name: 'server', short: 's', value: 'url', help: 'address of the API server' },
  { name: 'token', value: 'token', help: 'bearer token' },
  { name: 'username', value: 'name', help: 'user name for basic authentication' },
  { name: 'password', value: 'password', help: 'password for basic authentication' },
  { name: 'as', value: 'name', help: 'user to act as' },
  { name: 'as-group', value: 'group', help: 'group to act as; may be repeated', repeated: true },
  { name: 'as-uid', value: 'uid', help: 'UID to act as' },
  { name: 'certificate-authority', value: 'file', help: 'certificates to trust' },
  { name: 'client-certificate', value: 'file', help: 'TLS client certificate' },
  { name: 'client-key', value: 'file', help: 'private key of the client certificate' },
  { name: 'tls-server-name', value: 'name', help: "name to expect in the server's certificate" },
  {
    name: 'insecure-skip-tls-verify',
    help: 'trust any server: the token can then be read on the way',
  },
  { name: 'disable-compression', help: 'ask for no compressed responses' },
  {
    name: 'kuberc',
    value: 'file',
    help: "kubectl's preferences instead of KUBERC and ~/.kube/kuberc: their plugin policy",
  },
  {
    name: 'plugin-policy',
    value: 'policy',
    help: 'which plugins may run, whatever the preferences say: AllowAll, DenyAll, Allowlist',
    values: ['AllowAll', 'DenyAll', 'Allowlist'],
  },
  {
    name: 'plugin-allow',
    value: 'command',
    help: 'plugin that may run, by name or path, as the others may not; may be repeated',
    repeated: true,
  },
  {
    name: 'request-timeout',
    value: 'duration',
    help: 'longest time for a request: 30, 1m30s; 0 for none',
    read: readTimeout,
  },
  {
    name: 'v',
    short: 'v',
    value: 'level',
    help: '1: what happens to credentials; 4: retries, too; 6: requests, too',
    read: readLevel,
  },
]

/** What the flags set in place of the kubeconfig's entries. */
export function overridesOf(flags: GlobalFlags): Overrides {
  const { as: user, asGroup: groups, asUid: uid } = flags
  return {
    context: flags.context,
    cluster: flags.cluster,
    user: flags.user,
    namespace: flags.namespace,
    server: flags.server,
    token: flags.token,
    username: flags.username,
    password: flags.password,
    certificateAuthority: flags.certificateAuthority,
    clientCertificate: flags.clientCertificate,
    clientKey: flags.clientKey,
    tlsServerName: flags.tlsServerName,
    insecureSkipTlsVerify: flags.insecureSkipTlsVerify,
    disableCompression: flags.disableCompression,
    impersonate: {
      ...(user === undefined ? {} : { user }),
      ...(uid === undefined ? {} : { uid }),
      ...(groups === undefined ? {} : { groups }),
    },
  }
}

function readTimeout(text: string): number {
  const ms = parseDuration(text)
  if (ms !== undefined) return ms
  throw usageError(
    'Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by ' +
      'a corresponding time unit (e.g. 1s | 2m | 3h)',
    'correct --request-timeout',
  )
}

function readLevel(text: string): number {
  if (/^\d+$/u.test(text)) return Number(text)
  throw usageError(`invalid argument "${text}" for "-v, --v" flag`, 'give a number: -v=6')
}
