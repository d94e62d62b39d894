/**
 * A cluster on `node:https`: no dependency, and nothing to import that a short-lived program would
 * have to wait for.
 *
 * @module
 */
import { connectWith, type ConnectOptions } from '../connect/wire.ts'
import { HttpsCluster } from '../transport/https-cluster.ts'
import type { HttpsOptions } from '../transport/https.ts'

/**
 * Connects to the cluster that the kubeconfig chooses. No request is sent and no plugin runs before
 * the first request.
 *
 * @throws {@link KubecredError} `ERR_KUBECONFIG_*`, `ERR_NO_CONFIGURATION`, `ERR_IN_CLUSTER`,
 *   `ERR_EXEC_CONFIG`, `ERR_EXEC_POLICY`, `ERR_CREDENTIAL_*`, `ERR_TRANSPORT_CONFIG`.
 * @example
 * ```ts
 * import { text } from 'node:stream/consumers'
 *
 * import { connect } from 'kubecred/https'
 *
 * const cluster = await connect()
 * const { statusCode, body } = await cluster.request('/version')
 * console.log(statusCode, await text(body))
 * await cluster.close()
 * ```
 */
export async function connect(options: ConnectHttpsOptions = {}): Promise<HttpsCluster> {
  const how = { ownDial: options.connect !== undefined }
  return await connectWith(options, how, (wiring) => new HttpsCluster(wiring, options))
}

/** What {@link connect} takes. */
export interface ConnectHttpsOptions extends ConnectOptions, HttpsOptions {}

export { tokenClient } from '../transport/token-client.ts'
export { HttpsCluster } from '../transport/https-cluster.ts'
export type { HttpsOptions, HttpsRequest, HttpsResponse } from '../transport/https.ts'
export type { RequestingCluster } from '../transport/token-client.ts'
export type { TokenClient, TokenClientAnswer, TokenClientRequest } from '../api/token-client.ts'
