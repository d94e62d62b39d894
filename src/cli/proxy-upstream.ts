import type { Readable } from 'node:stream'

import type { ProxyExchange } from '../proxy/exchange.ts'
import type { Upstream, UpstreamRequest } from '../proxy/upstream.ts'

/** The cluster behind a proxy: its connections, with its own credential. */
export interface ProxyCluster {
  /** URL of the API server. */
  readonly server: string
  readonly dispatcher: {
    dispatch(options: DispatchedRequest, handler: ProxyExchange): unknown
  }
  close(): Promise<void>
}

/** How requests are sent to a {@link ProxyCluster}. */
export interface UpstreamOptions {
  /** Whether the path of the server's URL goes before that of each request. */
  readonly appendServerPath: boolean
  /** Longest time until the head of an answer, milliseconds; 0 for undici's own. */
  readonly timeoutMs: number
  readonly compression: boolean
}

interface DispatchedRequest extends Omit<UpstreamRequest, 'body'> {
  readonly origin: string
  readonly body: Readable | null
  readonly bodyTimeout: number
  readonly headersTimeout?: number
}

/** Sends the proxy's requests to a cluster, which is closed when nothing of them is open any more. */
export class ProxyUpstream implements Upstream {
  readonly compression: boolean
  readonly #cluster: ProxyCluster
  readonly #origin: string
  readonly #base: string
  readonly #limits: Pick<DispatchedRequest, 'bodyTimeout' | 'headersTimeout'>
  #open = 0
  #retired = false
  readonly #closed = Promise.withResolvers<void>()

  constructor(cluster: ProxyCluster, options: UpstreamOptions) {
    const { appendServerPath, timeoutMs, compression } = options
    const { origin, pathname } = new URL(cluster.server)
    this.#cluster = cluster
    this.#origin = origin
    this.#base = appendServerPath ? pathname.replace(/\/+$/u, '') : ''
    this.compression = compression
    // The head of an answer has to come; its body may take as long as it likes.
    this.#limits = { bodyTimeout: 0, ...(timeoutMs > 0 ? { headersTimeout: timeoutMs } : {}) }
  }

  /** URL of a path, as it is sent. */
  url(path: string): URL {
    return new URL(this.#origin + this.#base + path)
  }

  send({ method, path, headers, body, upgrade }: UpstreamRequest, exchange: ProxyExchange): void {
    this.#open++
    this.#cluster.dispatcher.dispatch(
      {
        ...this.#limits,
        origin: this.#origin,
        path: this.#base + path,
        method,
        headers,
        // undici takes any async iterable, though its types name streams only.
        body: body as unknown as Readable | null,
        upgrade,
      },
      exchange,
    )
  }

  ended(): void {
    this.#open--
    if (this.#retired && this.#open === 0) this.#finish()
  }

  /**
   * Takes no new requests; what is under way goes on, and the last to end closes the cluster.
   * Fulfilled when that is done.
   */
  retire(): Promise<void> {
    this.#retired = true
    if (this.#open === 0) this.#finish()
    return this.#closed.promise
  }

  /** Closes the cluster now. */
  close(): Promise<void> {
    this.#finish()
    return this.#closed.promise
  }

  #finish(): void {
    this.#cluster.close().then(this.#closed.resolve, this.#closed.reject)
  }
}

/** The cluster of this moment, and those before it that have requests to finish. */
export class Upstreams {
  #current: ProxyUpstream
  readonly #all = new Set<ProxyUpstream>()

  constructor(first: ProxyUpstream) {
    this.#current = first
    this.#all.add(first)
  }

  /** Where new requests go. */
  get current(): ProxyUpstream {
    return this.#current
  }

  /** From now on new requests go there. */
  replace(next: ProxyUpstream): void {
    const before = this.#current
    this.#current = next
    this.#all.add(next)
    // How closing goes is told to whoever closes all.
    void before.retire().finally(() => this.#all.delete(before))
  }

  /** Closes all of them. */
  async close(): Promise<void> {
    await Promise.all([...this.#all].map((upstream) => upstream.close()))
  }
}
