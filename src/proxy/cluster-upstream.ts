import type { Readable } from 'node:stream'

import { connectWith, type ConnectOptions, type Wiring } from '../connect/wire.ts'
import { asError } from '../errors/kubecred-error.ts'
import { connectionError } from '../transport/connection-error.ts'
import { CredentialDispatcher, type UndiciOptions } from '../transport/undici.ts'
import type { ProxyExchange } from './exchange.ts'
import { noAnswerIn, noCredentialIn } from './given-up.ts'
import { leanGets } from './lean-gets.ts'
import type { UpstreamRequest } from './upstream.ts'
import type { RetiringUpstream } from './upstreams.ts'

/** How requests are sent to a cluster. */
export interface UpstreamOptions extends UndiciOptions {
  /** Whether the path of the server's URL goes before that of each request. */
  readonly appendServerPath: boolean
}

/**
 * Connects to the cluster that the options choose. No request is sent and no plugin runs before the
 * first request.
 *
 * @throws {@link KubecredError} As `connect` of the doors.
 */
export async function connectUpstream(
  target: ConnectOptions,
  options: UpstreamOptions,
): Promise<ClusterUpstream> {
  return await connectWith(
    // A proxy runs for long: who watches through it shall find a fresh credential after a quiet hour.
    { ...target, renewal: { renewWhenIdle: 'while-in-use', ...target.renewal } },
    { ownDial: false },
    (wiring) => new ClusterUpstream(wiring, options),
  )
}

/** Sends the proxy's requests to a cluster, which is closed when nothing of them is open any more. */
export class ClusterUpstream implements RetiringUpstream {
  readonly compression: boolean
  readonly #wiring: Wiring
  readonly #dispatcher: CredentialDispatcher
  readonly #origin: string
  readonly #base: string
  #open = 0
  #retired = false
  readonly #closed = Promise.withResolvers<void>()

  constructor(wiring: Wiring, options: UpstreamOptions) {
    const { appendServerPath } = options
    const { origin, pathname } = new URL(wiring.server.url)
    this.compression = !wiring.config.server.disableCompression
    this.#wiring = wiring
    this.#dispatcher = new CredentialDispatcher({ ...wiring, gets: leanGets }, options)
    this.#origin = origin
    this.#base = appendServerPath ? pathname.replace(/\/+$/u, '') : ''
  }

  /** URL of a path, as it is sent. */
  url(path: string): URL {
    return new URL(this.#origin + this.#base + path)
  }

  send({ method, path, headers, body, upgrade }: UpstreamRequest, exchange: ProxyExchange): void {
    this.#open++
    this.#dispatcher.dispatch(
      {
        // How long an answer may take is the proxy's affair, and there is no limit to its body.
        headersTimeout: 0,
        bodyTimeout: 0,
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

  explain(error: Error): Error {
    // Of undici's own limits the code says more.
    const isLimit = 'code' in error && /^UND_ERR_.*TIMEOUT$/u.test(String(error.code))
    return isLimit ? error : asError(connectionError(error, this.#wiring.server.url))
  }

  unanswered(ms: number, isSent: boolean): Error {
    const { source, config } = this.#wiring
    const { exec } = config.auth
    const isSendable = isSent || exec === undefined || source.current() !== undefined
    return isSendable ? noAnswerIn(ms) : noCredentialIn(ms, exec.command)
  }

  ended(): void {
    this.#open--
    if (this.#retired && this.#open === 0) this.#finish()
  }

  retire(): Promise<void> {
    this.#retired = true
    if (this.#open === 0) this.#finish()
    return this.#closed.promise
  }

  close(): Promise<void> {
    this.#finish()
    return this.#closed.promise
  }

  #finish(): void {
    const closing = [this.#dispatcher.close(), this.#wiring.release()]
    Promise.all(closing).then(() => this.#closed.resolve(), this.#closed.reject)
  }
}
