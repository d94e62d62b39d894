import type { CredentialSource } from '../credential/source.ts'
import {
  HttpsTransport,
  type HttpsOptions,
  type HttpsRequest,
  type HttpsResponse,
  type HttpsWiring,
} from './https.ts'
import type { ClusterWiring } from './cluster-wiring.ts'
import { resolveOnServer } from './origin.ts'

/** A cluster that one can send requests to over `node:https`; it owns its connections and source. */
export class HttpsCluster implements AsyncDisposable {
  /** URL of the API server. */
  readonly server: string
  /** Namespace of the context. */
  readonly namespace: string
  /** The credential in use, and how it is renewed. */
  readonly source: CredentialSource
  readonly #release: () => Promise<void>
  readonly #transport: HttpsTransport

  constructor(wiring: HttpsWiring & ClusterWiring, options: HttpsOptions) {
    this.server = wiring.server.url
    this.namespace = wiring.namespace
    this.source = wiring.source
    this.#release = wiring.release ?? (() => wiring.source.close())
    this.#transport = new HttpsTransport(wiring, options)
  }

  /** The URL of a path on the server. */
  url(path: string): URL {
    return resolveOnServer(this.server, path)
  }

  /**
   * Sends a request; the body of the response must be read or destroyed.
   *
   * @throws {@link KubecredError} What the credential source failed with (the message begins with
   *   `getting credentials`), `ERR_CONNECTION`, `ERR_TIMEOUT`, `ERR_FOREIGN_ORIGIN`, `ERR_CLOSED`;
   *   an abort throws the signal's reason.
   */
  async request(path: string, options: HttpsRequest = {}): Promise<HttpsResponse> {
    return await this.#transport.request(path, options)
  }

  /** Closes connections and credential source; what is still open ends with `ERR_CLOSED`. */
  async close(): Promise<void> {
    await Promise.all([this.#transport.close(), this.#release()])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}
