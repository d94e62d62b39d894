import { thisHost, type Host } from '../host/host.ts'
import type { ConnectionConfig } from '../kubeconfig/connection-config.ts'
import type { Kubeconfig } from '../kubeconfig/entries.ts'
import { inClusterConnection } from '../kubeconfig/in-cluster.ts'
import { loadKubeconfig } from '../kubeconfig/load.ts'
import type { Overrides } from '../kubeconfig/overrides.ts'
import { selectWith } from '../kubeconfig/select.ts'
import { unreadableFiles } from '../kubeconfig/unreadable-files.ts'

/** Where the configuration of a connection comes from, and what of it is set otherwise. */
export interface ConnectionOptions extends Overrides {
  /**
   * Path of a kubeconfig, or one that was loaded. Default: what KUBECONFIG lists, else
   * `~/.kube/config`, else the service account of the pod.
   */
  readonly kubeconfig?: string | Kubeconfig | undefined
  /** One that was chosen before; then no other of these options counts. */
  readonly connection?: ConnectionConfig | undefined
}

/**
 * The one connection that the options choose, the way kubectl does: in a kubeconfig, or that of the
 * pod when there is none.
 *
 * @throws {@link KubecredError} `ERR_KUBECONFIG_*`, `ERR_IN_CLUSTER`, `ERR_NO_CONFIGURATION`.
 */
export async function chooseConnection(
  options: ConnectionOptions = {},
  host: Host = thisHost(),
): Promise<ConnectionConfig> {
  const { kubeconfig, connection } = options
  if (connection !== undefined) return connection
  if (typeof kubeconfig === 'object') return await readableConnection(kubeconfig, options)
  const loaded = await loadKubeconfig({ path: kubeconfig, host })
  if (kubeconfig === undefined && isEmpty(loaded) && !options.server) {
    const inCluster = await inClusterConnection({ host, overrides: options })
    if (inCluster !== undefined) return inCluster
  }
  return await readableConnection(loaded, options)
}

/** Everything that is wrong is told at once, files that cannot be read included. */
async function readableConnection(
  kubeconfig: Kubeconfig,
  overrides: Overrides,
): Promise<ConnectionConfig> {
  return selectWith(kubeconfig, overrides, await unreadableFiles(kubeconfig, overrides))
}

function isEmpty({ clusters, contexts, users }: Kubeconfig): boolean {
  return clusters.size === 0 && contexts.size === 0 && users.size === 0
}
