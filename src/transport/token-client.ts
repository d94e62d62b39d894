import type { TokenClient } from '../api/token-client.ts'
import { KubecredError } from '../errors/kubecred-error.ts'
import { shownValue } from '../errors/given-option.ts'

// Far more than any TokenRequest or discovery has; what is longer is not read to its end.
const longestBody = 4 * 1024 * 1024

/** A cluster that requests can be sent to, as the `connect` of either stack gives one. */
export interface RequestingCluster {
  request(
    path: string,
    options: {
      readonly method: 'GET' | 'POST'
      readonly headers: Readonly<Record<string, string>>
      readonly body?: string
      readonly signal: AbortSignal
      readonly retries: false
    },
  ): Promise<{
    readonly statusCode: number
    readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
    readonly body: AsyncIterable<Uint8Array>
  }>
}

/**
 * What a token manager sends its requests with: a cluster's connections and its credential, which is
 * renewed as for any other request. The cluster stays the caller's to close.
 *
 * @example
 * ```ts
 * import { TokenManager } from 'kubecred/token'
 * import { connect, tokenClient } from 'kubecred/undici'
 *
 * const cluster = await connect()
 * const manager = new TokenManager({ client: tokenClient(cluster) })
 * ```
 *
 * @throws TypeError for what is no cluster, the promise of one say.
 */
export function tokenClient(cluster: RequestingCluster): TokenClient {
  if (!isCluster(cluster)) {
    throw new TypeError(`"cluster" must be what connect gives, awaited: ${shownValue(cluster)}`)
  }
  return async ({ method, path, body, signal }) => {
    const response = await cluster.request(path, {
      method,
      headers: { accept: 'application/json', 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body }),
      signal,
      // The manager has a back-off of its own, over all tokens.
      retries: false,
    })
    const { statusCode, headers } = response
    return { statusCode, headers, body: await textOf(response.body, path) }
  }
}

function isCluster(given: unknown): boolean {
  const isObject = typeof given === 'object' && given !== null
  return isObject && 'request' in given && typeof given.request === 'function'
}

async function textOf(body: AsyncIterable<Uint8Array>, path: string): Promise<string> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body) {
    length += chunk.byteLength
    if (length > longestBody) {
      throw new KubecredError('ERR_TOKEN_REPLY', `${path}: the answer is longer than 4 MiB`)
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
