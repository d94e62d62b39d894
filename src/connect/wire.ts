import type { RenewerOptions } from '../credential/renewer.ts'
import type { CredentialSource } from '../credential/source.ts'
import type { ExecOptions } from '../exec/exec-options.ts'
import { thisHost, type Host } from '../host/host.ts'
import { version } from '../host/version.ts'
import type { ConnectionConfig } from '../kubeconfig/connection-config.ts'
import { impersonationHeaders, type HeaderRules } from '../transport/authorize.ts'
import type { ServerTarget } from '../transport/server.ts'
import { readAuthority } from './authority.ts'
import { chooseConnection, type ConnectionOptions } from './connection.ts'
import { createCredentialSource } from './credential-source.ts'
import { serverTarget } from './server-target.ts'

/** How plugins are run: what a kubeconfig cannot say. */
export type PluginOptions = Pick<
  ExecOptions,
  | 'env'
  | 'inheritEnv'
  | 'searchPath'
  | 'stderr'
  | 'stdinUnavailable'
  | 'stdinUnavailableMessage'
  | 'maxOutputBytes'
>

/** What every door's `connect` takes. */
export interface ConnectOptions extends ConnectionOptions {
  /** How a plugin is run. */
  readonly plugin?: PluginOptions | undefined
  /** When and how often credentials are renewed. */
  readonly renewal?: RenewerOptions | undefined
  /** Sent as `User-Agent` where a request has none. Default: `kubecred/VERSION (PLATFORM)`. */
  readonly userAgent?: string | undefined
  /** Default: this process. */
  readonly host?: Host | undefined
}

/** A configured connection before it has an HTTP stack. */
export interface Wiring {
  readonly config: ConnectionConfig
  readonly namespace: string
  readonly server: ServerTarget
  readonly source: CredentialSource
  readonly rules: HeaderRules
}

/**
 * Turns configuration into the parts of a connection; a door adds the HTTP stack.
 *
 * @throws {@link KubecredError} `ERR_KUBECONFIG_*`, `ERR_NO_CONFIGURATION`, `ERR_IN_CLUSTER`,
 *   `ERR_EXEC_CONFIG`, `ERR_CREDENTIAL_*`, `ERR_TRANSPORT_CONFIG`.
 */
export async function wire(
  options: ConnectOptions,
  { ownDial }: { readonly ownDial: boolean },
): Promise<Wiring> {
  const host = options.host ?? thisHost()
  const config = await chooseConnection(options, host)
  const authority = await readAuthority(config.server.certificateAuthority, config.cluster)
  return {
    config,
    namespace: config.namespace,
    server: serverTarget(config.server, authority, ownDial),
    source: await createCredentialSource(config, { ...options, host, authority }),
    rules: {
      userAgent: options.userAgent ?? `kubecred/${version} (${host.platform})`,
      impersonation: impersonationHeaders(config.auth.impersonate),
    },
  }
}

/**
 * The credential source of a connection, without any HTTP: for programs that spend credentials
 * themselves.
 *
 * @throws {@link KubecredError} `ERR_EXEC_CONFIG`, `ERR_CREDENTIAL_*`, `ERR_KUBECONFIG_UNREADABLE`.
 */
export async function credentialSource(
  config: ConnectionConfig,
  options: Pick<ConnectOptions, 'plugin' | 'renewal' | 'host'> = {},
): Promise<CredentialSource> {
  const host = options.host ?? thisHost()
  const authority = await readAuthority(config.server.certificateAuthority, config.cluster)
  return await createCredentialSource(config, { ...options, host, authority })
}
