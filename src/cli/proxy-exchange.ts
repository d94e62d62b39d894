import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

import type { Clock, Timer } from '../doors/index.ts'

import {
  flatten,
  forwardedHeaders,
  returnedHeaders,
  type ReceivedHeaders,
} from './proxy-headers.ts'
import { proxyFailure } from './proxy-failure.ts'
import { EarlyBytes, joinSockets, switchingHead } from './proxy-upgrade.ts'

/** What is done with a request upstream: undici's `DispatchController`, as far as it is used. */
export interface UpstreamController {
  readonly rawHeaders?: ReceivedHeaders | null
  pause(): void
  resume(): void
  abort(reason: Error): void
}

/** A client's request, and where the answer goes. */
export interface ProxiedRequest {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** What the client sent after the head of an upgrade; undefined for any other request. */
  readonly upgradeHead: Buffer | undefined
  /** Whether the answer is expected to stay open, as that of a watch. */
  readonly endless: boolean
  readonly clock: Clock
}

/** A request as undici takes it. */
export interface UpstreamRequest {
  readonly method: string
  readonly headers: string[]
  readonly body: AsyncIterable<Buffer> | null
  readonly upgrade: string | null
}

// An answer as short as this is rather read to its end than cut: its connection can be used again.
const shortAnswer = 64 * 1024
const patienceMs = 1000

/**
 * One request on its way through the proxy: to undici it is the handler. What comes goes on to the
 * client at once, and no faster than the client takes it; when the client goes, the request
 * upstream ends.
 */
export class ProxyExchange {
  readonly #client: ProxiedRequest
  #controller: UpstreamController | undefined
  #closed: (() => void) | undefined
  #gone = false
  #paused = false
  /** Bytes of the body, -1 when the server did not say. */
  #length = -1
  #bodyBegun = false
  #atLineEnd = true
  #ending = false
  #upstreamSocket: Duplex | undefined
  #patience: Timer | undefined
  readonly #early: EarlyBytes | undefined

  constructor(client: ProxiedRequest) {
    this.#client = client
    const { response } = client
    response.once('close', () => {
      if (!response.writableFinished && this.#upstreamSocket === undefined) this.#clientGone()
    })
    const { upgradeHead, request } = client
    this.#early =
      upgradeHead === undefined ? undefined : new EarlyBytes(request.socket, upgradeHead)
  }

  /** Status of the answer, once there is one. */
  get statusCode(): number {
    return this.#upstreamSocket === undefined ? this.#client.response.statusCode : 101
  }

  /** Calls back when nothing of it is open any more. */
  onceClosed(then: () => void): void {
    this.#closed = then
    this.#client.response.once('close', then)
  }

  /** The request as it goes upstream. */
  upstreamRequest(): UpstreamRequest {
    const { request, upgradeHead } = this.#client
    const { 'content-length': length, 'transfer-encoding': encoding, upgrade } = request.headers
    const hasBody = encoding !== undefined || (length !== undefined && length !== '0')
    return {
      method: request.method ?? 'GET',
      headers: forwardedHeaders(request.rawHeaders, request.socket.remoteAddress),
      // Not the stream itself: whoever gives it up would take the client's connection with it.
      body: hasBody ? request.iterator({ destroyOnReturn: false }) : null,
      upgrade: upgradeHead === undefined ? null : (upgrade ?? null),
    }
  }

  /** Ends the answer as soon as it can be ended in good order; only for one without end. */
  finishSoon(): void {
    const { endless, response } = this.#client
    if (!endless || this.#upstreamSocket !== undefined) return
    this.#ending = true
    if (response.headersSent && this.#atLineEnd) this.#finishNow()
  }

  /** Ends everything at once. */
  cut(): void {
    this.#upstreamSocket?.destroy()
    this.#client.request.socket.destroy()
  }

  // What undici sees: the handler.

  onRequestStart(controller: UpstreamController): void {
    this.#controller = controller
    // The client may have gone while the request waited for a connection.
    if (this.#gone) controller.abort(clientGone())
  }

  onRequestUpgrade(
    controller: UpstreamController,
    statusCode: number,
    headers: Readonly<Record<string, string | readonly string[] | undefined>>,
    upstream: Duplex,
  ): void {
    const { request, response } = this.#client
    if (this.#gone) {
      upstream.destroy()
      return
    }
    const { socket } = request
    this.#upstreamSocket = upstream
    // From here on the response knows nothing of the connection.
    response.detachSocket(socket)
    if (this.#closed !== undefined) upstream.once('close', this.#closed)
    socket.write(switchingHead(statusCode, flatten(controller.rawHeaders ?? headers)), 'latin1')
    upstream.write(this.#early?.take() ?? '')
    joinSockets(socket, upstream)
  }

  onResponseStart(
    controller: UpstreamController,
    statusCode: number,
    headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  ): void {
    // 100 and 103 are told here, too, and are not the answer.
    if (statusCode < 200 || this.#gone) return
    const { response } = this.#client
    const length = Number(headers['content-length'] ?? Number.NaN)
    this.#length = Number.isNaN(length) ? -1 : length
    // Theirs says when the answer was made.
    response.sendDate = headers['date'] === undefined
    response.writeHead(statusCode, returnedHeaders(controller.rawHeaders ?? headers))
    // With what comes at once the head leaves in one write; but the first line of a watch may be
    // long in coming.
    if (this.#length === -1) setImmediate(() => this.#flushHead())
    if (this.#ending) this.#finishNow()
  }

  onResponseData(controller: UpstreamController, chunk: Buffer): void {
    const { response, endless } = this.#client
    if (this.#gone) return
    this.#bodyBegun = true
    if (chunk.length === this.#length) {
      // Head and body in one write.
      response.end(chunk)
      return
    }
    const part = this.#ending ? upToLineEnd(chunk) : chunk
    if (endless) this.#atLineEnd = part.at(-1) === newline
    if (!response.write(part) && !this.#paused) this.#waitForClient(controller)
    if (this.#ending && this.#atLineEnd) this.#finishNow()
  }

  onResponseEnd(): void {
    this.#bodyBegun = true
    this.#patience?.cancel()
    if (!this.#gone) this.#client.response.end()
  }

  onResponseError(_controller: unknown, error: Error): void {
    const { response, request } = this.#client
    this.#patience?.cancel()
    if (this.#gone) return
    if (response.headersSent) {
      // The client has to see that this is not the end.
      request.socket.destroy()
      return
    }
    const { statusCode, body } = proxyFailure(error)
    // What is left of an upload must not be taken for the next request.
    if (!request.complete) response.shouldKeepAlive = false
    response.writeHead(statusCode, { 'Content-Type': 'application/json' }).end(body)
  }

  #flushHead(): void {
    if (!this.#bodyBegun && !this.#gone) this.#client.response.flushHeaders()
  }

  #waitForClient(controller: UpstreamController): void {
    this.#paused = true
    controller.pause()
    this.#client.response.once('drain', () => {
      this.#paused = false
      controller.resume()
    })
  }

  #clientGone(): void {
    this.#gone = true
    // Nobody drains any more, so nobody else would resume it.
    if (this.#length < 0 || this.#length > shortAnswer) {
      this.#controller?.abort(clientGone())
      return
    }
    this.#controller?.resume()
    this.#patience = this.#client.clock.after(patienceMs, () => {
      this.#controller?.abort(clientGone())
    })
  }

  #finishNow(): void {
    this.#gone = true
    this.#client.response.end()
    this.#controller?.abort(new Error('the proxy ends'))
  }
}

const newline = 0x0a

function upToLineEnd(chunk: Buffer): Buffer {
  const end = chunk.indexOf(newline)
  return end === -1 ? chunk : chunk.subarray(0, end + 1)
}

function clientGone(): Error {
  return new Error('client gone')
}
