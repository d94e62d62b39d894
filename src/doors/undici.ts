/**
 * A cluster on [undici](https://undici.nodejs.org), the fastest HTTP client for Node. Needs the
 * package `undici`, 7.30 or later or 8.12 or later, beside this one.
 *
 * @module
 */
import { connectWith, type ConnectOptions } from '../connect/wire.ts'
import type { RetryChoice } from '../transport/retry-rules.ts'
import { UndiciCluster } from '../transport/undici-cluster.ts'
import type { UndiciOptions } from '../transport/undici.ts'

/**
 * Connects to the cluster that the kubeconfig chooses. No request is sent and no plugin runs before
 * the first request.
 *
 * @throws {@link KubecredError} `ERR_KUBECONFIG_*`, `ERR_NO_CONFIGURATION`, `ERR_IN_CLUSTER`,
 *   `ERR_EXEC_CONFIG`, `ERR_EXEC_POLICY`, `ERR_CREDENTIAL_*`, `ERR_TRANSPORT_CONFIG`.
 * @example
 * ```ts
 * import { connect } from 'kubecred/undici'
 *
 * const cluster = await connect({ context: 'production' })
 * const { statusCode, body } = await cluster.request('/api/v1/namespaces')
 * console.log(statusCode, await body.json())
 * await cluster.close()
 * ```
 */
export async function connect(options: ConnectUndiciOptions = {}): Promise<UndiciCluster> {
  const how = { ownDial: options.connect !== undefined }
  return await connectWith(options, how, (wiring) => new UndiciCluster(wiring, options))
}

/** What {@link connect} takes. */
export interface ConnectUndiciOptions extends ConnectOptions, UndiciOptions, RetryChoice {}

export { CredentialDispatcher } from '../transport/undici.ts'
export { tokenClient } from '../transport/token-client.ts'
export { UndiciCluster } from '../transport/undici-cluster.ts'
export type { ClusterFetch, ClusterRequest } from '../transport/undici-cluster.ts'
export type { TransportWiring, UndiciOptions } from '../transport/undici.ts'
export type { RequestingCluster } from '../transport/token-client.ts'
export type { TokenClient, TokenClientAnswer, TokenClientRequest } from '../api/token-client.ts'
