import type { IncomingHttpHeaders } from 'node:http'
import type { Duplex } from 'node:stream'

import { Client, type buildConnector, type Dispatcher } from 'undici'

import type { Clock } from '../credential/clock.ts'
import type { Http2Probes } from './http2-probes.ts'
import { speaksHttp2 } from './undici-connector.ts'
import { unprocessed } from './undici-lost-request.ts'
import { endWhenSilent } from './undici-probes.ts'

/** What an {@link Http2Client} needs. */
export interface Http2ClientOptions {
  readonly connect: buildConnector.connector
  readonly probes: Http2Probes
  readonly clock: Clock
  /** The server takes no more requests on the connection, and answers those it has. */
  readonly onLetGo: () => void
}

// How often it is looked whether what the server had taken is being answered.
const lookMs = 20

/**
 * undici's client, for a connection that may speak HTTP/2. It lets go at a GOAWAY of what the server
 * has not processed.
 *
 * undici keeps that for its next connection, which it does not make as long as a stream of the old one
 * is open: behind a watch it would wait for hours. Here it fails, as refused, so that it goes out again
 * elsewhere. What the server has taken goes on.
 */
export class Http2Client extends Client {
  readonly #clock: Clock
  #answered = 0
  readonly #count = (change: 1 | -1): void => {
    this.#answered += change
  }

  constructor(
    origin: ConstructorParameters<typeof Client>[0],
    options: Client.Options,
    { connect, probes, clock, onLetGo }: Http2ClientOptions,
  ) {
    let stopLooking = (): void => undefined
    const connectAndLook: buildConnector.connector = (target, callback) => {
      connect(target, (error, socket) => {
        if (error !== null) {
          callback(error, null)
          return
        }
        if (speaksHttp2(socket)) stopLooking = endWhenSilent(socket, { ...probes, clock })
        callback(null, socket)
      })
    }
    super(origin, { ...options, connect: connectAndLook })
    this.#clock = clock
    this.on('disconnect', () => {
      // The streams of a connection outlive it for undici after a GOAWAY only.
      if (this.stats.running === 0) return
      // undici sends it no more PINGs, so that silence says nothing; the system's own probes go on.
      stopLooking()
      onLetGo()
      queueMicrotask(() => {
        this.#letGo()
      })
    })
  }

  override dispatch(
    options: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler,
  ): boolean {
    return super.dispatch(options, new FollowedHandler(handler, this.#count))
  }

  #letGo(): void {
    const { connected, running } = this.stats
    // With no stream left undici has made a connection, or does so now.
    if (this.destroyed || connected || running === 0) return
    if (running > this.#answered) {
      // One without an answer may still turn out to be refused, or not to have been sent at all;
      // undici would put it back in line, which a client that is destroyed does not survive.
      this.#clock.after(lookMs, () => {
        this.#letGo()
      })
      return
    }
    // It has let go of its connection: this ends those in line, and no stream.
    void this.destroy(unprocessed())
  }
}

/** Tells when a request gets its answer (1), and when it is over that had one (-1). */
class FollowedHandler implements Dispatcher.DispatchHandler {
  readonly #handler: Dispatcher.DispatchHandler
  readonly #onChange: (change: 1 | -1) => void
  #answered = false

  constructor(handler: Dispatcher.DispatchHandler, onChange: (change: 1 | -1) => void) {
    this.#handler = handler
    this.#onChange = onChange
  }

  onRequestStart(controller: Dispatcher.DispatchController, context: unknown): void {
    this.#handler.onRequestStart?.(controller, context)
  }

  onRequestUpgrade(
    controller: Dispatcher.DispatchController,
    statusCode: number,
    headers: IncomingHttpHeaders,
    socket: Duplex,
  ): void {
    this.#handler.onRequestUpgrade?.(controller, statusCode, headers, socket)
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    statusCode: number,
    headers: IncomingHttpHeaders,
    statusText?: string,
  ): void {
    // 100 and 103 are no answers.
    if (statusCode >= 200) this.#follow(true)
    this.#handler.onResponseStart?.(controller, statusCode, headers, statusText)
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#handler.onResponseData?.(controller, chunk)
  }

  onResponseEnd(controller: Dispatcher.DispatchController, trailers: IncomingHttpHeaders): void {
    this.#follow(false)
    this.#handler.onResponseEnd?.(controller, trailers)
  }

  onResponseError(controller: Dispatcher.DispatchController, error: Error): void {
    this.#follow(false)
    this.#handler.onResponseError?.(controller, error)
  }

  onBodySent(chunk: Buffer): void {
    this.#handler.onBodySent?.(chunk)
  }

  onRequestSent(): void {
    this.#handler.onRequestSent?.()
  }

  onResponseStarted(): void {
    this.#handler.onResponseStarted?.()
  }

  #follow(answered: boolean): void {
    if (this.#answered === answered) return
    this.#answered = answered
    this.#onChange(answered ? 1 : -1)
  }
}
