import { membersOf, parseJson } from '../api/json-shape.ts'
import type { TokenClient } from '../api/token-client.ts'
import { systemClock, type Clock } from '../credential/clock.ts'
import { KubecredError } from '../errors/kubecred-error.ts'
import { atLeastOne } from '../errors/number-option.ts'
import { checkFunction, checkOptions, checkText } from '../errors/given-option.ts'
import { sendWithin } from '../token/send-within.ts'
import { isStatus, refusalError } from '../token/token-error.ts'
import type { ObjectReader } from './projected-objects.ts'

/** What {@link clusterObjects} takes. */
export interface ClusterObjectsOptions {
  /** Sends the requests; the one of a token manager will do. */
  readonly client: TokenClient
  readonly namespace: string
  /** Longest that a request may take, milliseconds. Default: 30 000. */
  readonly requestTimeoutMs?: number | undefined
  /** Default: the machine's. */
  readonly clock?: Clock | undefined
}

const somethingElse = 'is there something else between here and the API server?'

/**
 * Reads the ConfigMaps and Secrets of a projected volume from the API server.
 *
 * Needs the verb `get` on those that the volume names. What it gives throws {@link KubecredError}
 * `ERR_PROJECTION_SOURCE` where the server refuses, `ERR_TIMEOUT`, `ERR_CONNECTION`.
 *
 * @throws TypeError for an option that cannot work.
 */
export function clusterObjects(options: ClusterObjectsOptions): ObjectReader {
  checkOptions('"options" of clusterObjects', options)
  const { client, namespace, requestTimeoutMs = 30_000, clock = systemClock } = options
  checkFunction('client', client)
  checkText('namespace', namespace)
  const longestMs = atLeastOne('requestTimeoutMs', requestTimeoutMs)
  const read = async (
    resource: string,
    kind: string,
    name: string,
    signal: AbortSignal,
  ): Promise<Readonly<Record<string, unknown>> | undefined> => {
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/${resource}/${encodeURIComponent(name)}`
    const request = { method: 'GET', path, body: undefined, signal } as const
    const answer = await sendWithin(longestMs, clock, client, request)
    // What knows nothing of Kubernetes may answer anything to any path: that takes no file away.
    if (answer.statusCode === 404 && isStatus(answer)) return undefined
    if (answer.statusCode !== 200) {
      const hint =
        answer.statusCode === 403 ? `it takes the verb "get" on ${resource}` : somethingElse
      const words = { method: 'GET', code: 'ERR_PROJECTION_SOURCE', hint } as const
      throw refusalError(answer, { ...words, mayBeSecret: true })
    }
    const object = membersOf(parseJson(answer.body))
    if (object['kind'] === kind) return object
    const message = `${resource} ${JSON.stringify(name)}: the answer is no ${kind}`
    throw new KubecredError('ERR_PROJECTION_SOURCE', message, { hint: somethingElse })
  }
  return {
    async configMap(name, signal) {
      const object = await read('configmaps', 'ConfigMap', name, signal)
      if (object === undefined) return undefined
      return { data: textsOf(object['data']), binaryData: textsOf(object['binaryData']) }
    },
    async secret(name, signal) {
      const object = await read('secrets', 'Secret', name, signal)
      return object === undefined ? undefined : { data: textsOf(object['data']) }
    },
  }
}

function textsOf(value: unknown): Readonly<Record<string, string>> {
  const entries = Object.entries(membersOf(value))
  return Object.fromEntries(
    entries.flatMap(([key, text]) => (typeof text === 'string' ? [[key, text]] : [])),
  )
}
