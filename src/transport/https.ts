import type http from 'node:http'
import type { Readable } from 'node:stream'

import type { Credential } from '../credential/credential.ts'
import { follow } from '../credential/follow.ts'
import type { CredentialSource } from '../credential/source.ts'
import { KubecredError } from '../errors/kubecred-error.ts'
import { anonymousSource, type SpentSource } from './anonymous-source.ts'
import { gettingCredentials, type HeaderRules, type RequestHeaders } from './authorize.ts'
import { connectionError } from './connection-error.ts'
import { Generations } from './generations.ts'
import { HeldBody } from './held-body.ts'
import type { HttpsBody } from './https-body.ts'
import { HttpsConnections } from './https-connections.ts'
import { HttpsExchange, type Answer, type ExchangeTools } from './https-exchange.ts'
import { BodyFailure } from './https-send.ts'
import { resolveOnServer } from './origin.ts'
import { rejectionOf } from './rejection.ts'
import { passageTo } from './passage.ts'
import { ReplayBudget } from './replay-budget.ts'
import { sendWithRetries } from './https-retries.ts'
import { readRetries, type RetryChoice, type RetryRules } from './retry-rules.ts'
import { isSecure, type ServerTarget } from './server.ts'
import { atLeastZero } from '../errors/number-option.ts'
import { readStackOptions, type StackOptions } from './stack-options.ts'
import { isStreamingPath } from './streaming.ts'
import { assertTlsSettings, tlsSettings } from './tls.ts'

/** Settings of the `node:https` stack. */
export interface HttpsOptions extends StackOptions, RetryChoice {
  /** Longest time from the end of a request to the head of its response. Default: 300 000 ms. */
  readonly headersTimeoutMs?: number | undefined
}

/** A request on the `node:https` stack. */
export interface HttpsRequest extends RetryChoice {
  /** Default: GET. */
  readonly method?: string | undefined
  readonly headers?: RequestHeaders
  readonly body?: HttpsBody
  /** Ends the request at any point; it fails with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

/** What the server answered. The body must be read or destroyed. */
export interface HttpsResponse {
  readonly statusCode: number
  readonly statusMessage: string
  readonly httpVersion: string
  readonly headers: http.IncomingHttpHeaders
  /** Names and values in turn, as they came. */
  readonly rawHeaders: readonly string[]
  readonly body: Readable
}

/** What a stack needs to know of the connection that it serves. */
export interface HttpsWiring {
  readonly server: ServerTarget
  readonly source: CredentialSource
  readonly rules: HeaderRules
}

/** Sends requests over `node:https` with the credential of the moment. */
export class HttpsTransport {
  readonly #server: ServerTarget
  readonly #source: SpentSource
  readonly #tools: ExchangeTools
  readonly #retries: RetryRules
  readonly #open = new Set<AbortController>()
  #closed = false

  /** @throws TypeError for an option that cannot work; {@link KubecredError} `ERR_TRANSPORT_CONFIG`. */
  constructor({ server, source, rules }: HttpsWiring, options: HttpsOptions = {}) {
    assertTlsSettings(server)
    const settings = readStackOptions(options)
    const { clock, connectTimeoutMs, drainMs } = settings
    const passage = passageTo(server, settings)
    const headersTimeoutMs = atLeastZero('headersTimeoutMs', options.headersTimeoutMs ?? 300_000)
    this.#server = server
    this.#source = isSecure(server) ? source : anonymousSource
    this.#retries = readRetries(options.retries)
    this.#tools = {
      rules,
      clock,
      limits: { connectTimeoutMs, headersTimeoutMs },
      budget: new ReplayBudget(settings.replayBufferBytes, settings.replayTotalBytes),
      generations: new Generations({
        open: (certificate) =>
          new HttpsConnections(server, tlsSettings(server, certificate), passage, clock),
        drainMs,
        // There are none on this stack.
        upgradeDrainMs: Infinity,
        clock,
        server,
        source: this.#source,
      }),
    }
  }

  /**
   * Sends a request to a path on the server. After a 401 it is sent once more, when the source has
   * another credential and the body can be sent again; {@link RetryChoice} tells what else is.
   *
   * @throws {@link KubecredError} What the credential source failed with, `ERR_CONNECTION`,
   *   `ERR_TIMEOUT`, `ERR_FOREIGN_ORIGIN`, `ERR_CLOSED`; TypeError for a request that cannot be sent;
   *   what the body failed with; or the signal's reason.
   */
  async request(path: string, options: HttpsRequest = {}): Promise<HttpsResponse> {
    options.signal?.throwIfAborted()
    if (this.#closed) throw this.#closedError()
    const url = resolveOnServer(this.#server.url, path)
    const rules = readRetries(options.retries, this.#retries)
    const stop = new AbortController()
    const exchange = new HttpsExchange(this.#tools, url, options, stop.signal)
    const unfollow = follow(options.signal, stop)
    const leave = isStreamingPath(path) ? this.#source.inUse() : undefined
    const over = (): void => {
      unfollow()
      leave?.()
      this.#open.delete(stop)
      exchange.close()
    }
    this.#open.add(stop)
    try {
      const { response } = await sendWithRetries(
        exchange,
        () => this.#answerTo(exchange, stop.signal),
        { rules, clock: this.#tools.clock, server: this.#server.url, signal: stop.signal },
      )
      // The body of a request may still be under way when its response begins.
      response.body.once('close', over)
      return response
    } catch (error) {
      over()
      if (stop.signal.aborted) throw stop.signal.reason
      throw error instanceof BodyFailure ? error.cause : connectionError(error, this.#server.url)
    }
  }

  /** Closes all connections; what is still open ends with `ERR_CLOSED`. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true
    const error = this.#closedError()
    for (const stop of this.#open) stop.abort(error)
    await this.#tools.generations.destroy(error)
  }

  async #answerTo(exchange: HttpsExchange, signal: AbortSignal): Promise<Answer> {
    const answer = await exchange.send(() => this.#source.current() ?? this.#credential(signal))
    const healable = answer.response.statusCode === 401 && !answer.ownAuthorization
    return healable ? await this.#heal(exchange, answer, signal) : answer
  }

  async #credential(signal: AbortSignal): Promise<Credential> {
    try {
      return await this.#source.get({ signal })
    } catch (error) {
      throw gettingCredentials(error)
    }
  }

  async #heal(exchange: HttpsExchange, answer: Answer, signal: AbortSignal): Promise<Answer> {
    const { response, abandonUpload, credential: used } = answer
    const rejection = rejectionOf(response.headers)
    if (!exchange.canReplay()) {
      // The 401 is the answer; the next request shall have a better credential all the same.
      void this.#source.rejected(used, { rejection }).catch(() => undefined)
      return answer
    }
    const held = new HeldBody(response.body)
    // When the renewal fails, the 401 says more than its error: the source tells that as an event.
    const next = await Promise.race([
      this.#source.rejected(used, { signal, rejection }).catch(() => used),
      held.overflowed.then(() => used),
    ])
    signal.throwIfAborted()
    const better = next.fingerprint !== used.fingerprint
    if (better) await held.settle(this.#tools.clock)
    // The recording may have come to its limit meanwhile.
    if (!better || !exchange.canReplay()) {
      return { ...answer, response: { ...response, body: held.release() } }
    }
    held.discard()
    abandonUpload()
    exchange.tellReplay(this.#server.url)
    return await exchange.send(() => this.#source.current() ?? next)
  }

  #closedError(): KubecredError {
    const { origin } = new URL(this.#server.url)
    return new KubecredError('ERR_CLOSED', `connection to ${origin} is closed`)
  }
}
