import * as undici from 'undici'
import { Dispatcher } from 'undici'

import type { ClientCertificate } from '../credential/client-certificate.ts'
import { systemClock, type Clock } from '../credential/clock.ts'
import type { CredentialSource } from '../credential/source.ts'
import { KubecredError } from '../errors/kubecred-error.ts'
import type { HeaderRules } from './authorize.ts'
import { Generations } from './generations.ts'
import { assertSameOrigin } from './origin.ts'
import { ReplayBudget } from './replay-body.ts'
import type { ServerTarget } from './server.ts'
import { tlsSettings } from './tls.ts'
import {
  AgentPair,
  isStreaming,
  type AgentOptions,
  type DispatchConnections,
} from './undici-agents.ts'
import type { ExchangeContext } from './undici-context.ts'
import { Exchange } from './undici-exchange.ts'
import { modernHandler, type AnyHandler } from './undici-handler.ts'

/** Settings of the undici stack. */
export interface UndiciOptions extends AgentOptions {
  /** Watches, follows and upgrades open at once; one more is an error. Default: 1000. */
  readonly maxStreams?: number | undefined
  /** Most bytes of a streamed body that are kept for sending it again. Default: 1 MiB. */
  readonly replayBufferBytes?: number | undefined
  /** Most bytes that are kept of all such bodies together. Default: 64 MiB. */
  readonly replayTotalBytes?: number | undefined
  /** How long responses go on after their client certificate was replaced. Default: 3 600 000 ms. */
  readonly drainMs?: number | undefined
  readonly clock?: Clock | undefined
}

/** What a stack needs to know of the connection that it serves. */
export interface TransportWiring {
  readonly server: ServerTarget
  readonly source: CredentialSource
  readonly rules: HeaderRules
}

/**
 * An undici `Dispatcher` that sends every request with the credential of the moment, renews it on a
 * 401, and moves to new connections when the client certificate changes.
 */
export class CredentialDispatcher extends Dispatcher {
  readonly #origin: string
  readonly #context: ExchangeContext
  readonly #maxStreams: number
  #streams = 0
  #closed: Promise<void> | undefined

  constructor({ server, source, rules }: TransportWiring, options: UndiciOptions = {}) {
    super()
    refuseHttp2OnUndici7(options)
    const clock = options.clock ?? systemClock
    this.#origin = new URL(server.url).origin
    this.#maxStreams = options.maxStreams ?? 1000
    this.#context = {
      source,
      rules,
      clock,
      server: server.url,
      origin: this.#origin,
      budget: new ReplayBudget(
        options.replayBufferBytes ?? 2 ** 20,
        options.replayTotalBytes ?? 64 * 2 ** 20,
      ),
      generations: new Generations<DispatchConnections>({
        open: (certificate) => this.#open(server, certificate, options),
        drainMs: options.drainMs ?? 3_600_000,
        clock,
        server: server.url,
      }),
    }
    // Made now, so that a configuration that cannot work says so before the first request.
    tlsSettings(server, undefined)
  }

  override dispatch(options: Dispatcher.DispatchOptions, anyHandler: AnyHandler): boolean {
    const handler = modernHandler(anyHandler)
    const streaming = isStreaming(options)
    const onDone = streaming ? () => this.#streams-- : undefined
    const exchange = new Exchange(this.#context, options, handler, onDone)
    try {
      this.#assertOpen(streaming)
      this.#assertOurs(options.origin)
    } catch (error) {
      if (!(error instanceof Error)) throw error
      handler.onResponseError?.(exchange.controller, error)
      return true
    }
    if (streaming) this.#streams++
    return exchange.start()
  }

  /** Closes all connections; what is still open ends with `ERR_CLOSED`. */
  override close(): Promise<void>
  override close(callback: () => void): void
  override close(callback?: () => void): Promise<void> | void {
    return this.#end(closedError(this.#origin), callback)
  }

  /** As `close`, with an error of your own for what is still open. */
  override destroy(): Promise<void>
  override destroy(error: Error | null): Promise<void>
  override destroy(callback: () => void): void
  override destroy(error: Error | null, callback: () => void): void
  override destroy(
    errorOrCallback?: Error | null | (() => void),
    callback?: () => void,
  ): Promise<void> | void {
    const isCallback = typeof errorOrCallback === 'function'
    const error = isCallback ? undefined : errorOrCallback
    const then = isCallback ? errorOrCallback : callback
    return this.#end(error ?? closedError(this.#origin), then)
  }

  #end(error: Error, callback: (() => void) | undefined): Promise<void> | void {
    this.#closed ??= this.#context.generations.destroy(error)
    if (callback === undefined) return this.#closed
    void this.#closed.finally(callback)
  }

  #assertOpen(streaming: boolean): void {
    if (this.#closed !== undefined) throw closedError(this.#origin)
    if (!streaming || this.#streams < this.#maxStreams) return
    throw new KubecredError(
      'ERR_STREAM_LIMIT',
      `${this.#streams} watches, follows and upgrades are open, which is the limit`,
      { hint: 'close some, or raise maxStreams' },
    )
  }

  #assertOurs(origin: string | URL | undefined): void {
    if (origin === undefined || origin === this.#origin) return
    assertSameOrigin(this.#origin, new URL(origin).origin)
  }

  #open(
    server: ServerTarget,
    certificate: ClientCertificate | undefined,
    options: UndiciOptions,
  ): DispatchConnections {
    const { clock } = this.#context
    const agents = new AgentPair(tlsSettings(server, certificate), { ...options, clock })
    agents.forwardEvents(this)
    return agents
  }
}

function refuseHttp2OnUndici7({ http2 = false }: UndiciOptions): void {
  // This export came with undici 8.
  if (!http2 || 'Dispatcher1Wrapper' in undici) return
  throw new KubecredError('ERR_TRANSPORT_CONFIG', 'http2 needs undici 8', {
    hint: 'undici 7 fails every open request when a server closes an HTTP/2 connection in good order',
  })
}

function closedError(origin: string): KubecredError {
  return new KubecredError('ERR_CLOSED', `connection to ${origin} is closed`)
}
