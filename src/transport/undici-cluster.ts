import { fetch, type Dispatcher, type RequestInit, type Response } from 'undici'

import type { CredentialSource } from '../credential/source.ts'
import { KubecredError } from '../errors/kubecred-error.ts'
import type { ClusterWiring } from './cluster-wiring.ts'
import { resolveOnServer } from './origin.ts'
import { readRetries, type RetryChoice, type RetryRules } from './retry-rules.ts'
import { CredentialDispatcher, type TransportWiring, type UndiciOptions } from './undici.ts'

/** A request to a path on the cluster: undici's own options, without what the cluster knows. */
export type ClusterRequest = Omit<
  Dispatcher.RequestOptions,
  'origin' | 'path' | 'method' | 'query'
> &
  RetryChoice & {
    /** Default: GET. */
    readonly method?: Dispatcher.HttpMethod
  }

/** What {@link UndiciCluster.fetch} takes beside the path. */
export type ClusterFetch = Omit<RequestInit, 'dispatcher'> & RetryChoice

/** A cluster that one can send requests to; it owns its connections and its credential source. */
export class UndiciCluster implements AsyncDisposable {
  /** URL of the API server. */
  readonly server: string
  /** Namespace of the context. */
  readonly namespace: string
  /** The credential in use, and how it is renewed. */
  readonly source: CredentialSource
  readonly #release: () => Promise<void>
  /**
   * For undici's own functions, for `fetch`, and for whatever else takes a dispatcher. It sends
   * nothing again but after a 401; its `withRetries` gives one that does.
   */
  readonly dispatcher: CredentialDispatcher
  readonly #rules: RetryRules
  readonly #retrying: Dispatcher

  constructor(wiring: TransportWiring & ClusterWiring, options: UndiciOptions & RetryChoice) {
    this.server = wiring.server.url
    this.namespace = wiring.namespace
    this.source = wiring.source
    this.#release = wiring.release ?? (() => wiring.source.close())
    this.#rules = readRetries(options.retries)
    this.dispatcher = new CredentialDispatcher(wiring, options)
    this.#retrying = this.dispatcher.withRetries(this.#rules)
  }

  /** The URL of a path on the server. */
  url(path: string): URL {
    return resolveOnServer(this.server, path)
  }

  /**
   * Sends a request and gives undici's own response; its body must be read or destroyed. What the
   * server says to try again later is sent again, see {@link RetryChoice}.
   *
   * @throws {@link KubecredError} What the credential source failed with (the message begins with
   *   `getting credentials`), `ERR_FOREIGN_ORIGIN`, `ERR_CLOSED`, `ERR_STREAM_LIMIT`; errors of the
   *   connection are undici's own; an abort throws the signal's reason.
   */
  async request(path: string, options: ClusterRequest = {}): Promise<Dispatcher.ResponseData> {
    const { retries, ...request } = options
    const url = this.url(path)
    return await this.#dispatcher(retries).request({
      ...request,
      method: request.method ?? 'GET',
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
    })
  }

  /**
   * As undici's `fetch`, on this cluster's connections, with its credential and with retries.
   *
   * @throws {@link KubecredError} As {@link UndiciCluster.request}; else what `fetch` throws.
   */
  async fetch(path: string, init: ClusterFetch = {}): Promise<Response> {
    const { retries, ...request } = init
    const dispatcher = this.#dispatcher(retries)
    try {
      return await fetch(this.url(path), { ...request, dispatcher })
    } catch (error) {
      // `fetch failed` says nothing; what failed is its cause.
      const cause = error instanceof Error ? error.cause : undefined
      throw cause instanceof KubecredError ? cause : error
    }
  }

  /** Closes connections and credential source; what is still open ends with `ERR_CLOSED`. */
  async close(): Promise<void> {
    await Promise.all([this.dispatcher.close(), this.#release()])
  }

  #dispatcher(retries: RetryChoice['retries']): Dispatcher {
    if (retries === undefined) return this.#retrying
    return this.dispatcher.withRetries(readRetries(retries, this.#rules))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}
