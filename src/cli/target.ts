import {
  inClusterConnection,
  loadKubeconfig,
  selectConnection,
  type ConnectionConfig,
  type ConnectOptions,
  type Kubeconfig,
  type PluginOptions,
} from '../doors/index.ts'
import { extendChain } from './credential-chain.ts'
import { overridesOf, type GlobalFlags } from './global-flags.ts'
import type { Session } from './session.ts'

/** The cluster that the flags choose: its configuration, and what `connect` takes for it. */
export interface Target {
  readonly config: ConnectionConfig
  readonly options: ConnectOptions & { readonly plugin: PluginOptions }
}

/**
 * Chooses the cluster, the way kubectl does.
 *
 * @param plugin How a plugin is run, beside what every command says about that.
 * @throws {@link KubecredError} As `loadKubeconfig`, `selectConnection` and `inClusterConnection`.
 * @throws {@link CommandError} When the plugin has been led back to its own kubeconfig.
 */
export async function chooseTarget(
  flags: GlobalFlags,
  { terminal, say }: Pick<Session, 'terminal' | 'say'>,
  plugin: PluginOptions = {},
): Promise<Target> {
  const { host } = terminal
  const overrides = overridesOf(flags)
  const kubeconfig = await loadKubeconfig({ path: flags.kubeconfig, host })
  const mayBeInPod = isEmpty(kubeconfig) && !flags.kubeconfig && !flags.server
  const inPod = mayBeInPod ? await inClusterConnection({ host, overrides }) : undefined
  const config = inPod ?? selectConnection(kubeconfig, overrides)
  const env = extendChain(config, host.env)
  for (const warning of config.warnings) say(`Warning: ${warning}`)
  return {
    config,
    options: {
      ...overrides,
      // In a pod `connect` finds the same by itself.
      ...(inPod === undefined ? { kubeconfig } : {}),
      host,
      plugin: { ...plugin, env },
    },
  }
}

function isEmpty({ clusters, contexts, users }: Kubeconfig): boolean {
  return clusters.size === 0 && contexts.size === 0 && users.size === 0
}
