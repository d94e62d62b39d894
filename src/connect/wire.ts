import { readRenewerOptions, type RenewerOptions } from '../credential/renewer-options.ts'
import type { CredentialSource } from '../credential/source.ts'
import type { ExecOptions } from '../exec/exec-options.ts'
import { thisHost, type Host } from '../host/host.ts'
import { version } from '../host/version.ts'
import type { ConnectionConfig } from '../kubeconfig/connection-config.ts'
import { impersonationHeaders, type HeaderRules } from '../transport/authorize.ts'
import type { ServerTarget } from '../transport/server.ts'
import { fixedAuthority, openAuthority, readAuthority, type Authority } from './authority.ts'
import { chooseProxy } from './choose-proxy.ts'
import { chooseConnection, type ConnectionOptions } from './connection.ts'
import { createCredentialSource } from './credential-source.ts'
import { http2Environment, type Http2Environment } from './http2-environment.ts'
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
  | 'policy'
  | 'policyOrigin'
  | 'maxOutputBytes'
>

/** What every door's `connect` takes. */
export interface ConnectOptions extends ConnectionOptions {
  /** How a plugin is run. */
  readonly plugin?: PluginOptions | undefined
  /**
   * When credentials are renewed, how long that may take, and how often a failing provider is asked;
   * checked before anything is read.
   */
  readonly renewal?: RenewerOptions | undefined
  /**
   * Whether the credential of an exec plugin is shared, as in client-go: with all connections and
   * sources of this process that have an equal exec entry, equal options for plugin and renewal, and
   * the same environment; functions are equal when they are the same. One run of the plugin then
   * serves all of them, and the last one to close ends it. Default: true.
   */
  readonly shared?: boolean | undefined
  /** Sent as `User-Agent` where a request has none. Default: `kubecred/VERSION (PLATFORM)`. */
  readonly userAgent?: string | undefined
  /** Default: this process. */
  readonly host?: Host | undefined
}

/** A configured connection before it has an HTTP stack. */
export interface Wiring extends Http2Environment {
  readonly config: ConnectionConfig
  readonly namespace: string
  readonly server: ServerTarget
  readonly source: CredentialSource
  readonly rules: HeaderRules
  /** Closes the source, and watches no files any more. */
  release(): Promise<void>
}

/**
 * Turns configuration into a connection.
 *
 * @param open Adds the HTTP stack to the parts; when it fails, they are released.
 * @throws {@link KubecredError} `ERR_KUBECONFIG_*`, `ERR_NO_CONFIGURATION`, `ERR_IN_CLUSTER`,
 *   `ERR_EXEC_CONFIG`, `ERR_EXEC_POLICY`, `ERR_CREDENTIAL_*`, `ERR_TRANSPORT_CONFIG`; and what
 *   `open` throws. TypeError for an option that cannot work.
 */
export async function connectWith<Opened>(
  options: ConnectOptions,
  how: { readonly ownDial: boolean },
  open: (wiring: Wiring) => Opened,
): Promise<Opened> {
  const wiring = await wire(options, how)
  try {
    return open(wiring)
  } catch (error) {
    await wiring.release()
    throw error
  }
}

async function wire(
  options: ConnectOptions,
  { ownDial }: { readonly ownDial: boolean },
): Promise<Wiring> {
  readRenewerOptions(options.renewal)
  const host = options.host ?? thisHost()
  const config = await chooseConnection(options, host)
  const proxy = ownDial ? undefined : await chooseProxy(config.server, host.env)
  const rules = {
    userAgent: options.userAgent ?? `kubecred/${version} (${host.platform})`,
    impersonation: impersonationHeaders(config.auth.impersonate),
  }
  const http2 = http2Environment(host.env)
  // Last: what nobody closes would be in use.
  const authority = await authorityOf(config, options)
  try {
    const server = serverTarget(config.server, authority, proxy)
    const told = { ...options, host, authority: authority.current() }
    const source = await createCredentialSource(config, told)
    const release = async (): Promise<void> => {
      await Promise.all([source.close(), authority.close()])
    }
    return { config, namespace: config.namespace, server, source, rules, ...http2, release }
  } catch (error) {
    await authority.close()
    throw error
  }
}

async function authorityOf(
  { server, cluster }: ConnectionConfig,
  { renewal }: ConnectOptions,
): Promise<Authority> {
  const source = server.certificateAuthority
  // Without TLS it is read, since it has to be there, and never used.
  if (server.url.startsWith('https:')) {
    return await openAuthority(source, cluster, renewal?.clock)
  }
  return fixedAuthority(await readAuthority(source, cluster))
}

/**
 * The credential source of a connection, without any HTTP: for programs that spend credentials
 * themselves.
 *
 * @throws {@link KubecredError} `ERR_EXEC_CONFIG`, `ERR_EXEC_POLICY`, `ERR_CREDENTIAL_*`,
 *   `ERR_KUBECONFIG_UNREADABLE`. TypeError for an option that cannot work.
 */
export async function credentialSource(
  config: ConnectionConfig,
  options: Pick<ConnectOptions, 'plugin' | 'renewal' | 'host' | 'shared'> = {},
): Promise<CredentialSource> {
  readRenewerOptions(options.renewal)
  const host = options.host ?? thisHost()
  const authority = await readAuthority(config.server.certificateAuthority, config.cluster)
  return await createCredentialSource(config, { ...options, host, authority })
}
