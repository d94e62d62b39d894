import * as undici from 'undici'
import { Dispatcher } from 'undici'

import type { CredentialSource } from '../credential/source.ts'
import { asError, KubecredError } from '../errors/kubecred-error.ts'
import { anonymousSource } from './anonymous-source.ts'
import type { HeaderRules } from './authorize.ts'
import { Generations } from './generations.ts'
import { defaultProbes, type Http2Probes } from './http2-probes.ts'
import { assertSameOrigin } from './origin.ts'
import { passageTo } from './passage.ts'
import { ReplayBudget } from './replay-budget.ts'
import { Roster } from './roster.ts'
import { isSecure, type ServerTarget } from './server.ts'
import { atLeastOne, atLeastZero } from '../errors/number-option.ts'
import { readStackOptions, type StackOptions } from './stack-options.ts'
import { assertTlsSettings, tlsSettings } from './tls.ts'
import { AgentPools, type AgentOptions, type DispatchConnections } from './undici-agents.ts'
import { StreamLimit, type ExchangeContext } from './undici-context.ts'
import { CallerController } from './undici-controller.ts'
import { Exchange } from './undici-exchange.ts'
import type { GetClients } from './undici-gets.ts'
import { modernHandler, type AnyHandler } from './undici-handler.ts'
import { RetryingDispatcher } from './undici-retries.ts'
import { isStreaming } from './undici-streaming.ts'
import { readRetries, type RetryOptions } from './retry-rules.ts'

/** Settings of the undici stack. */
export interface UndiciOptions extends StackOptions, AgentOptions {
  /** Watches, follows and upgrades open at once; one more is an error. Default: 1000. */
  readonly maxStreams?: number | undefined
  /**
   * How long upgraded connections (exec, port-forward) go on after their TLS identity was replaced.
   * Default: `Infinity`, they are never cut, as in client-go.
   */
  readonly upgradeDrainMs?: number | undefined
}

/** What a stack needs to know of the connection that it serves. */
export interface TransportWiring {
  readonly server: ServerTarget
  readonly source: CredentialSource
  readonly rules: HeaderRules
  /** Whether HTTP/2 is out of the question, whatever the program would like. Default: false. */
  readonly http2Disabled?: boolean | undefined
  /** Default: {@link defaultProbes}. */
  readonly http2Probes?: Http2Probes | undefined
  /** Default: undici's own clients serve GET requests like all others. */
  readonly gets?: GetClients | undefined
}

/**
 * An undici `Dispatcher` that sends every request with the credential of the moment, renews it on a
 * 401, and moves to new connections when the client certificate changes.
 */
export class CredentialDispatcher extends Dispatcher {
  readonly #origin: string
  readonly #context: ExchangeContext
  #closed: Promise<void> | undefined

  /** @throws TypeError for an option that cannot work; {@link KubecredError} `ERR_TRANSPORT_CONFIG`. */
  constructor(wiring: TransportWiring, { http2 = false, ...options }: UndiciOptions = {}) {
    super()
    const { server, source, rules } = wiring
    const { http2Disabled = false, http2Probes = defaultProbes } = wiring
    const allowH2 = http2 && !http2Disabled
    const gets = wiring.gets && { ...wiring.gets, ...(http2Disabled && { shared: undefined }) }
    refuseHttp2OnUndici7(allowH2)
    assertTlsSettings(server)
    const settings = readStackOptions(options)
    const { clock, drainMs } = settings
    const passage = passageTo(server, settings)
    const connections = atLeastOne('connections', options.connections ?? 256)
    this.#origin = new URL(server.url).origin
    const spent = isSecure(server) ? source : anonymousSource
    this.#context = {
      source: spent,
      rules,
      clock,
      server: server.url,
      origin: this.#origin,
      open: new Roster(),
      streams: new StreamLimit(atLeastZero('maxStreams', options.maxStreams ?? 1000), () =>
        spent.inUse(),
      ),
      budget: new ReplayBudget(settings.replayBufferBytes, settings.replayTotalBytes),
      generations: new Generations<DispatchConnections>({
        open: (certificate) => {
          const tls = tlsSettings(server, certificate)
          const spoken = { http2: allowH2, probes: http2Probes, gets }
          return new AgentPools(
            this.#origin,
            tls,
            { ...settings, ...spoken, connections, passage },
            this,
          )
        },
        drainMs,
        upgradeDrainMs: atLeastZero('upgradeDrainMs', options.upgradeDrainMs ?? Infinity),
        clock,
        server,
        source: spent,
      }),
    }
  }

  override dispatch(options: Dispatcher.DispatchOptions, anyHandler: AnyHandler): boolean {
    const handler = modernHandler(anyHandler)
    const streaming = isStreaming(options)
    try {
      if (this.#closed !== undefined) throw closedError(this.#origin)
      this.#assertOurs(options.origin)
      if (streaming) this.#context.streams.take()
    } catch (error) {
      handler.onResponseError?.(new CallerController(() => undefined), asError(error))
      return true
    }
    return new Exchange(this.#context, options, handler, streaming).start()
  }

  /**
   * A dispatcher that sends requests again by itself, as {@link RetryOptions} say. It shares
   * everything with this one, which does not; to close either is to close both.
   *
   * @throws TypeError for a number that cannot be one.
   */
  withRetries(options: RetryOptions = {}): Dispatcher {
    return new RetryingDispatcher(
      { dispatcher: this, context: this.#context },
      readRetries(options),
    )
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
    if (this.#closed === undefined) {
      this.#closed = this.#context.generations.destroy(error)
      for (const exchange of this.#context.open.snapshot()) exchange.end(error)
    }
    if (callback === undefined) return this.#closed
    void this.#closed.finally(callback)
  }

  #assertOurs(origin: string | URL | undefined): void {
    if (origin === undefined || origin === this.#origin) return
    assertSameOrigin(this.#origin, new URL(origin).origin)
  }
}

function refuseHttp2OnUndici7(http2: boolean): void {
  // This export came with undici 8.
  if (!http2 || 'Dispatcher1Wrapper' in undici) return
  throw new KubecredError('ERR_TRANSPORT_CONFIG', 'http2 needs undici 8', {
    hint: 'undici 7 fails every open request when a server closes an HTTP/2 connection in good order',
  })
}

function closedError(origin: string): KubecredError {
  return new KubecredError('ERR_CLOSED', `connection to ${origin} is closed`)
}
