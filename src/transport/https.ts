import type http from 'node:http'
import type { Readable } from 'node:stream'

import { systemClock, type Clock } from '../credential/clock.ts'
import type { Credential } from '../credential/credential.ts'
import type { CredentialSource } from '../credential/source.ts'
import { KubecredError } from '../errors/kubecred-error.ts'
import { publish } from '../events/channels.ts'
import {
  authorize,
  gettingCredentials,
  type HeaderRules,
  type RequestHeaders,
} from './authorize.ts'
import { connectionError } from './connection-error.ts'
import { dialWithin, type Dial } from './dial.ts'
import { Generations } from './generations.ts'
import { HeldBody } from './held-body.ts'
import { HttpsConnections, type BoundDial } from './https-connections.ts'
import { sendOnce, type AttemptLimits } from './https-send.ts'
import { resolveOnServer } from './origin.ts'
import { rejectionOf } from './rejection.ts'
import { ReplayBody, ReplayBudget, type BodyChunk } from './replay-body.ts'
import type { ServerTarget } from './server.ts'
import { tlsSettings } from './tls.ts'

/** Settings of the `node:https` stack. */
export interface HttpsOptions {
  /** Opens the byte stream under each connection: a tunnel, a socket. Default: TCP. */
  readonly connect?: Dial | undefined
  /** Most bytes of a streamed body that are kept for sending it again. Default: 1 MiB. */
  readonly replayBufferBytes?: number | undefined
  /** Most bytes that are kept of all such bodies together. Default: 64 MiB. */
  readonly replayTotalBytes?: number | undefined
  /** How long responses go on after their client certificate was replaced. Default: 3 600 000 ms. */
  readonly drainMs?: number | undefined
  /** Longest time until a connection stands, TLS included. Default: 30 000 ms. */
  readonly connectTimeoutMs?: number | undefined
  /** Longest time until the head of the response is there. Default: 300 000 ms. */
  readonly headersTimeoutMs?: number | undefined
  readonly clock?: Clock | undefined
}

/** A request on the `node:https` stack. */
export interface HttpsRequest {
  /** Default: GET. */
  readonly method?: string | undefined
  readonly headers?: RequestHeaders
  readonly body?: string | Uint8Array | AsyncIterable<BodyChunk> | Iterable<BodyChunk> | undefined
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
  readonly #wiring: HttpsWiring
  readonly #generations: Generations<HttpsConnections>
  readonly #budget: ReplayBudget
  readonly #limits: AttemptLimits
  readonly #clock: Clock
  #closed = false

  constructor(wiring: HttpsWiring, options: HttpsOptions = {}) {
    const { server } = wiring
    const connectTimeoutMs = options.connectTimeoutMs ?? 30_000
    this.#wiring = wiring
    this.#clock = options.clock ?? systemClock
    this.#limits = { connectTimeoutMs, headersTimeoutMs: options.headersTimeoutMs ?? 300_000 }
    this.#budget = new ReplayBudget(
      options.replayBufferBytes ?? 2 ** 20,
      options.replayTotalBytes ?? 64 * 2 ** 20,
    )
    this.#generations = new Generations({
      open: (certificate) => {
        const settings = tlsSettings(server, certificate)
        return new HttpsConnections(server, settings, this.#boundDial(options.connect))
      },
      drainMs: options.drainMs ?? 3_600_000,
      clock: this.#clock,
      server: server.url,
    })
    // Made now, so that a configuration that cannot work says so before the first request.
    tlsSettings(server, undefined)
  }

  /**
   * Sends a request to a path on the server. After a 401 it is sent once more, when the source has
   * another credential and the body can be sent again.
   *
   * @throws {@link KubecredError} What the credential source failed with, `ERR_CONNECTION`,
   *   `ERR_TIMEOUT`, `ERR_FOREIGN_ORIGIN`, `ERR_CLOSED`; or the signal's reason.
   */
  async request(path: string, options: HttpsRequest = {}): Promise<HttpsResponse> {
    const { server } = this.#wiring
    const { signal, body } = options
    signal?.throwIfAborted()
    if (this.#closed) throw closedError(server.url)
    const url = resolveOnServer(server.url, path)
    const recorded = isStream(body) ? new ReplayBody(body, this.#budget) : undefined
    try {
      const credential = await this.#credential(signal)
      const first = await this.#send(url, options, recorded, credential)
      const healable = first.response.statusCode === 401 && !first.ownAuthorization
      const response = healable
        ? await this.#heal(url, options, recorded, credential, first.response)
        : first.response
      // The body of a request may still be under way when its response begins.
      response.body.once('close', () => recorded?.close())
      return response
    } catch (error) {
      recorded?.close()
      throw signal?.aborted === true ? signal.reason : connectionError(error, server.url)
    }
  }

  /** Closes all connections; what is still open ends with `ERR_CLOSED`. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#generations.destroy(closedError(this.#wiring.server.url))
  }

  #boundDial(dial: Dial | undefined): BoundDial | undefined {
    if (dial === undefined) return undefined
    const { connectTimeoutMs } = this.#limits
    return async (target) => await dialWithin(dial, target, connectTimeoutMs, this.#clock)
  }

  async #credential(signal: AbortSignal | undefined): Promise<Credential> {
    const { source } = this.#wiring
    try {
      return source.current() ?? (await source.get({ signal }))
    } catch (error) {
      throw gettingCredentials(error)
    }
  }

  async #send(
    url: URL,
    { method = 'GET', headers, body, signal }: HttpsRequest,
    recorded: ReplayBody | undefined,
    credential: Credential,
  ): Promise<{ readonly response: HttpsResponse; readonly ownAuthorization: boolean }> {
    const authorized = authorize(headers, credential, this.#wiring.rules)
    const generation = this.#generations.for(credential.certificate)
    const countOut = generation.begin()
    try {
      const message = await sendOnce(
        generation.connections,
        {
          url,
          method,
          headers: authorized.headers,
          body: recorded?.attempt() ?? (isStream(body) ? undefined : body),
          signal,
        },
        this.#limits,
        this.#clock,
      )
      message.once('close', countOut)
      return { response: toResponse(message), ownAuthorization: authorized.ownAuthorization }
    } catch (error) {
      countOut()
      throw error
    }
  }

  async #heal(
    url: URL,
    options: HttpsRequest,
    recorded: ReplayBody | undefined,
    used: Credential,
    unauthorized: HttpsResponse,
  ): Promise<HttpsResponse> {
    const { source, server } = this.#wiring
    const { signal } = options
    const rejection = rejectionOf(unauthorized.headers)
    if (recorded?.canReplay() === false) {
      // The 401 is the answer; the next request shall have a better credential all the same.
      void source.rejected(used, { rejection }).catch(() => undefined)
      return unauthorized
    }
    const held = new HeldBody(unauthorized.body)
    // When the renewal fails, the 401 says more than its error: the source tells that as an event.
    const next = await source.rejected(used, { signal, rejection }).catch(() => used)
    signal?.throwIfAborted()
    if (next.fingerprint === used.fingerprint || recorded?.canReplay() === false) {
      return { ...unauthorized, body: held.release() }
    }
    await held.drop(this.#clock)
    publish('kubecred:transport:replay', () => ({
      server: server.url,
      method: options.method ?? 'GET',
    }))
    const second = await this.#send(url, options, recorded, source.current() ?? next)
    return second.response
  }
}

function isStream(
  body: HttpsRequest['body'],
): body is AsyncIterable<BodyChunk> | Iterable<BodyChunk> {
  return typeof body === 'object' && !(body instanceof Uint8Array)
}

function toResponse(message: http.IncomingMessage): HttpsResponse {
  return {
    statusCode: message.statusCode ?? 0,
    statusMessage: message.statusMessage ?? '',
    httpVersion: message.httpVersion,
    headers: message.headers,
    rawHeaders: message.rawHeaders,
    body: message,
  }
}

function closedError(server: string): KubecredError {
  return new KubecredError('ERR_CLOSED', `connection to ${new URL(server).origin} is closed`)
}
