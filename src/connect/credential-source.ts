import type { ExecCluster, ExecConfig } from '../api/exec-config.ts'
import { createCredential } from '../credential/credential.ts'
import { fixedProvider } from '../credential/provider.ts'
import { Renewer } from '../credential/renewer.ts'
import type { RenewerOptions } from '../credential/renewer-options.ts'
import type { CredentialSource } from '../credential/source.ts'
import type { ExecOptions } from '../exec/exec-options.ts'
import type { Host } from '../host/host.ts'
import { authMethod } from '../kubeconfig/auth-method.ts'
import { authProviderError } from '../kubeconfig/auth-provider.ts'
import type { ConnectionConfig } from '../kubeconfig/connection-config.ts'
import { configuredCertificate } from './fixed-parts.ts'
import { execSources } from './exec-sources.ts'
import { sourceKey } from './source-key.ts'

/** What {@link createCredentialSource} needs beside the configuration. */
export interface SourceOptions {
  readonly host: Host
  /** The certificate authority, a character for each byte; plugins may be told of it. */
  readonly authority: string | undefined
  readonly plugin?: Omit<ExecOptions, 'cluster' | 'host' | 'clock'> | undefined
  readonly renewal?: RenewerOptions | undefined
  readonly shared?: boolean | undefined
}

/**
 * A source of the credential that a connection is configured with. That of an exec plugin is shared
 * with all that are equal to it; of what stands in the kubeconfig, or in files, there is nothing to
 * share that would be worth it.
 *
 * @throws {@link KubecredError} `ERR_KUBECONFIG_INVALID` for an auth provider of old,
 *   `ERR_EXEC_CONFIG`, `ERR_EXEC_POLICY`, `ERR_CREDENTIAL_FILE`, `ERR_CREDENTIAL_INVALID`.
 */
export async function createCredentialSource(
  config: ConnectionConfig,
  options: SourceOptions,
): Promise<CredentialSource> {
  const { auth } = config
  const method = authMethod(auth)
  if (method === 'exec' && auth.exec !== undefined) {
    return await execSource(auth.exec, config, options)
  }
  if (method === 'none' && auth.authProvider !== '') throw authProviderError(auth.authProvider)
  return await configuredSource(config, options)
}

async function execSource(
  given: ExecConfig,
  config: ConnectionConfig,
  options: SourceOptions,
): Promise<CredentialSource> {
  // Loaded where there is a plugin to run: to be able to start processes takes its time.
  const { execProvider } = await import('../exec/provider.ts')
  const { host, renewal, shared = true } = options
  // Copies: who shares a source must not be able to change what it runs.
  const exec = structuredClone(given)
  const cluster = exec.provideClusterInfo
    ? structuredClone(clusterForPlugin(config, options))
    : undefined
  const plugin = { ...options.plugin, host, cluster, clock: renewal?.clock }
  const create = (): Renewer => new Renewer(execProvider(exec, plugin), renewal)
  return shared ? execSources.open(sourceKey({ exec, plugin, renewal }), create) : create()
}

/** What stands in the kubeconfig, or in files that it names. */
async function configuredSource(
  { auth, user }: ConnectionConfig,
  { renewal }: SourceOptions,
): Promise<CredentialSource> {
  const { files, fixed: certificate } = await configuredCertificate(auth, user)
  const { token, username, password, tokenFile } = auth
  if (tokenFile !== '' || files !== undefined) {
    const basic = username === '' ? undefined : { username, password }
    // Loaded where there is a file to watch.
    const { FileSource } = await import('../file/file-source.ts')
    const what = {
      tokenFile: tokenFile === '' ? undefined : tokenFile,
      certificateFiles: files,
      fixed: { token, certificate, basic },
      owner: user,
    }
    return new FileSource(what, renewal)
  }
  const basic = username === '' ? undefined : { username, password: password?.reveal() ?? '' }
  const credential = createCredential({ token: token?.reveal(), basic, certificate })
  return new Renewer(fixedProvider(`user "${user}"`, credential), renewal)
}

function clusterForPlugin({ server }: ConnectionConfig, { authority }: SourceOptions): ExecCluster {
  return {
    server: server.address,
    tlsServerName: server.tlsServerName,
    insecureSkipTlsVerify: server.insecureSkipTlsVerify,
    certificateAuthorityData: Buffer.from(authority ?? '', 'latin1'),
    proxyUrl: server.proxyUrl,
    disableCompression: server.disableCompression,
    config: server.execExtension,
  }
}
