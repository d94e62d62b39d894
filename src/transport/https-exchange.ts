import type http from 'node:http'
import type { Readable } from 'node:stream'

import type { Clock } from '../credential/clock.ts'
import type { Credential } from '../credential/credential.ts'
import { publish } from '../events/channels.ts'
import { authorize, type HeaderRules } from './authorize.ts'
import type { Generation } from './generation.ts'
import type { Generations } from './generations.ts'
import { framing, sortBody, type SortedBody } from './https-body.ts'
import type { HttpsConnections } from './https-connections.ts'
import { sendOnce, StaleConnection, type AttemptLimits, type Sent } from './https-send.ts'
import type { HttpsRequest, HttpsResponse } from './https.ts'
import { WatchBody } from './https-watch-body.ts'
import { comesByLine } from './line-ends.ts'
import { ReplayBody } from './replay-body.ts'
import type { ReplayBudget } from './replay-budget.ts'
import { isWatchPath } from './streaming.ts'

/** What the exchanges of one transport share. */
export interface ExchangeTools {
  readonly rules: HeaderRules
  readonly clock: Clock
  readonly limits: AttemptLimits
  readonly budget: ReplayBudget
  readonly generations: Generations<HttpsConnections>
}

/** A response, and what goes with it. */
export interface Answer extends Pick<Sent, 'abandonUpload'> {
  readonly response: HttpsResponse
  /** What it was sent with last. */
  readonly credential: Credential
  /** The caller brought an `Authorization`; the credential has nothing to do with the answer. */
  readonly ownAuthorization: boolean
}

/** One request, which can be sent as often as its body allows. */
export class HttpsExchange {
  /** In capitals. */
  readonly method: string
  readonly #tools: ExchangeTools
  readonly #url: URL
  readonly #headers: HttpsRequest['headers']
  readonly #body: SortedBody
  readonly #recorded: ReplayBody | undefined
  readonly #signal: AbortSignal

  /** @throws TypeError for a body that is none. */
  constructor(tools: ExchangeTools, url: URL, options: HttpsRequest, signal: AbortSignal) {
    this.#tools = tools
    this.#url = url
    this.method = (options.method ?? 'GET').toUpperCase()
    this.#headers = options.headers
    this.#body = sortBody(options.body)
    this.#recorded =
      this.#body.kind === 'stream' ? new ReplayBody(this.#body.stream, tools.budget) : undefined
    this.#signal = signal
  }

  /** Whether another attempt would send the same bytes. */
  canReplay(): boolean {
    return this.#recorded?.canReplay() ?? true
  }

  /** Whether another attempt would send the same bytes, and all of them are here. */
  canResend(): boolean {
    return this.#recorded?.isWhole() ?? true
  }

  /** Lets go of the body. */
  close(): void {
    this.#recorded?.close()
  }

  tellReplay(server: string): void {
    publish('kubecred:transport:replay', () => ({ server, method: this.method }))
  }

  /**
   * Sends it; over a new connection, when a kept one turns out to be gone.
   *
   * @param ask Gives the credential of the moment.
   */
  async send(ask: () => Credential | Promise<Credential>): Promise<Answer> {
    for (;;) {
      const credential = await ask()
      try {
        return await this.#sendWith(credential)
      } catch (error) {
        if (!(error instanceof StaleConnection)) throw error
        // As Go's client does it; each turn takes one of the kept connections, so there is an end.
        if (!isIdempotent(this.method) || !this.canReplay()) throw error.cause
      }
    }
  }

  async #sendWith(credential: Credential): Promise<Answer> {
    const { rules } = this.#tools
    const { headers, ownAuthorization } = authorize(this.#headers, credential, rules)
    const names = headers.filter((_, index) => index % 2 === 0)
    if (!names.some((name) => /^host$/iu.test(name))) headers.push('Host', this.#url.host)
    headers.push(...framing(this.method, this.#body, names))
    return { ...(await this.#attempt(credential, headers)), credential, ownAuthorization }
  }

  async #attempt(
    credential: Credential,
    headers: readonly string[],
  ): Promise<Pick<Answer, 'response' | 'abandonUpload'>> {
    const { generations, limits, clock } = this.#tools
    const generation = generations.for(credential.certificate)
    const countOut = generation.begin()
    try {
      const attempt = {
        url: this.#url,
        method: this.method,
        headers,
        body: this.#recorded?.attempt() ?? valueOf(this.#body),
        signal: this.#signal,
      }
      const { message, abandonUpload } = await sendOnce(
        generation.connections,
        attempt,
        limits,
        clock,
      )
      message.once('close', countOut)
      return { response: toResponse(message, this.#bodyOf(message, generation)), abandonUpload }
    } catch (error) {
      countOut()
      throw error
    }
  }

  /** That of a watch can end at the drain deadline as if the server had ended it. */
  #bodyOf(message: http.IncomingMessage, generation: Generation<HttpsConnections>): Readable {
    const { statusCode = 0, headers } = message
    const isWatch = isWatchPath(this.#url.pathname + this.#url.search)
    if (!isWatch || !comesByLine({ statusCode, headers })) return message
    const body = new WatchBody(message)
    message.once(
      'close',
      generation.watching(() => body.finishSoon()),
    )
    return body
  }
}

function valueOf(body: SortedBody): Uint8Array | undefined {
  return body.kind === 'value' ? body.value : undefined
}

function isIdempotent(method: string): boolean {
  return /^(?:GET|HEAD|OPTIONS|TRACE)$/u.test(method)
}

function toResponse(message: http.IncomingMessage, body: Readable): HttpsResponse {
  return {
    statusCode: message.statusCode ?? 0,
    statusMessage: message.statusMessage ?? '',
    httpVersion: message.httpVersion,
    headers: message.headers,
    rawHeaders: message.rawHeaders,
    body,
  }
}
