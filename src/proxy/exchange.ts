import type { Duplex } from 'node:stream'

import type { Timer } from '../credential/clock.ts'
import type { Listed } from '../transport/roster.ts'
import type { ExchangeSettings } from './exchange-settings.ts'
import { clientGone, proxyEnds } from './given-up.ts'
import type { ProxiedRequest } from './proxied-request.ts'
import { patienceWith } from './patience.ts'
import { ResponseBody } from './response-body.ts'
import { flatten, isGzip, isText, returnedHeaders, untrueOf } from './response-head.ts'
import { EarlyBytes, joinSockets, switchingHead } from './upgrade.ts'
import type { Upstream, UpstreamController } from './upstream.ts'

/**
 * One request on its way through the proxy: to undici it is the handler. What comes goes on to the
 * client at once, and no faster than the client takes it; when the client goes, the request
 * upstream ends.
 */
export class ProxyExchange implements Listed {
  place = -1
  /** When it began, for a log. */
  readonly startedAt: number
  readonly client: ProxiedRequest
  readonly upstream: Upstream
  readonly #settings: ExchangeSettings
  readonly #early: EarlyBytes | undefined
  #controller: UpstreamController | undefined
  #body: ResponseBody | undefined
  /** Bytes of the answer, -1 when the server does not say. */
  #length = -1
  #sent = false
  /** Nothing more comes from the server. */
  #over = false
  #closed = false
  #gone = false
  #ending = false
  #upstreamSocket: Duplex | undefined
  #patience: Timer | undefined
  #deadline: Timer | undefined

  constructor(client: ProxiedRequest, upstream: Upstream, settings: ExchangeSettings) {
    this.client = client
    this.upstream = upstream
    this.#settings = settings
    this.#early = client.upgrade && new EarlyBytes(client.socket, client.upgrade.head)
    this.startedAt = settings.clock.now()
  }

  /** The answer is done, or the client's connection is gone; heard once. */
  clientClosed(): void {
    if (this.#upstreamSocket !== undefined || this.#closed) return
    this.#closed = true
    this.#deadline?.cancel()
    if (!this.client.response.writableFinished) this.#clientGone()
    else if (!this.#over) this.#giveUp()
    this.#settings.closed(this)
  }

  /** Whether it is expected to stay open, with a connection to the server of its own. */
  get staysOpen(): boolean {
    return this.client.endless || this.client.upgrade !== undefined
  }

  /** Status of the answer, once there is one. */
  get statusCode(): number {
    if (this.#upstreamSocket !== undefined) return 101
    // None, as other proxies write it, when the client did not wait for one.
    const { headersSent, statusCode } = this.client.response
    return headersSent ? statusCode : 499
  }

  /** Sends it. */
  start(): void {
    const { method, head, path, body, upgrade } = this.client
    const { answerTimeoutMs, clock } = this.#settings
    if (answerTimeoutMs > 0) {
      this.#deadline = clock.after(answerTimeoutMs, () => {
        this.#controller?.abort(this.upstream.unanswered(answerTimeoutMs, this.#sent))
      })
    }
    if (this.#asksForGzip()) head.forwarded.push('Accept-Encoding', 'gzip')
    this.upstream.send(
      {
        method,
        path,
        headers: head.forwarded,
        body: body?.chunks() ?? null,
        upgrade: upgrade?.protocol ?? null,
      },
      this,
    )
  }

  /** Ends the answer as soon as it can be ended in good order; only for one without end. */
  finishSoon(): void {
    if (!this.client.endless || this.#upstreamSocket !== undefined) return
    this.#ending = true
    if (this.#body?.byLine === false) this.cut()
    else this.#body?.onceAtLineEnd(() => this.#finishNow())
  }

  /** Ends everything at once. */
  cut(): void {
    this.#upstreamSocket?.destroy()
    this.client.socket.destroy()
  }

  // What undici sees: the handler.

  onRequestStart(controller: UpstreamController): void {
    this.#controller = controller
    // The client may have gone while the request waited for its turn.
    if (this.#gone) controller.abort(clientGone())
  }

  onRequestSent(): void {
    this.#sent = true
  }

  onRequestUpgrade(
    controller: UpstreamController,
    statusCode: number,
    headers: Readonly<Record<string, string | readonly string[] | undefined>>,
    upstream: Duplex,
  ): void {
    const { socket, upgrade } = this.client
    if (this.#gone) {
      upstream.destroy()
      return
    }
    this.#deadline?.cancel()
    this.#upstreamSocket = upstream
    upgrade?.detach()
    upstream.once('close', () => {
      this.#settings.closed(this)
    })
    socket.write(switchingHead(statusCode, flatten(controller.rawHeaders ?? headers)), 'latin1')
    upstream.write(this.#early?.take() ?? '')
    joinSockets(socket, upstream, this.#settings.keepAliveMs)
  }

  onResponseStart(
    controller: UpstreamController,
    statusCode: number,
    headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  ): void {
    // 100 and 103 are told here, too, and are not the answer.
    if (statusCode < 200) return
    const { response, endless } = this.client
    const length = headers['content-length']
    if (typeof length === 'string') this.#length = Number(length)
    if (this.#gone) {
      this.#giveUp()
      return
    }
    const hasBody = statusCode !== 204 && statusCode !== 304
    const gunzip = hasBody && this.#asksForGzip() && isGzip(headers)
    this.#deadline?.cancel()
    // Nobody reads the rest of an upload that is answered already.
    if (!this.#isReceived) response.shouldKeepAlive = false
    // Theirs says when the answer was made.
    response.sendDate = headers['date'] === undefined
    response.writeHead(
      statusCode,
      returnedHeaders(controller.rawHeaders ?? headers, untrueOf(statusCode, gunzip)),
    )
    const form = { gunzip, byLine: endless && isText(headers), length: gunzip ? -1 : this.#length }
    this.#body = new ResponseBody(response, controller, form)
    if (this.#ending) this.#finishNow()
  }

  onResponseData(_controller: UpstreamController, chunk: Buffer): void {
    if (!this.#gone) this.#body?.write(chunk)
  }

  onResponseEnd(): void {
    this.#over = true
    this.#patience?.cancel()
    if (!this.#gone) this.#body?.end()
  }

  onResponseError(_controller: unknown, error: Error): void {
    const { response, socket } = this.client
    this.#over = true
    this.#patience?.cancel()
    this.#deadline?.cancel()
    // What is complete for the client stays so: over HTTP/2 the server has its last word after that.
    if (this.#gone || this.#body?.complete === true) return
    if (response.headersSent) {
      // The client has to see that this is not the end.
      socket.destroy()
      return
    }
    const { statusCode, body } = this.#settings.failed(this.upstream.explain(error))
    // What is left of an upload must not be taken for the next request.
    if (!this.#isReceived) response.shouldKeepAlive = false
    response.writeHead(statusCode, ['Content-Type', 'application/json'])
    response.end(body, 'utf8')
  }

  /** Whether all of the request has come. */
  get #isReceived(): boolean {
    return this.client.body?.complete ?? true
  }

  /** client-go asks for it wherever the caller has not chosen; what stays open is left as it is. */
  #asksForGzip(): boolean {
    const { head, method } = this.client
    const mayAsk = this.upstream.compression && head.anyEncoding
    return mayAsk && !this.staysOpen && method !== 'HEAD'
  }

  #clientGone(): void {
    this.#gone = true
    this.#body?.abandon()
    this.#giveUp()
  }

  /** Ends the request upstream: now, or when its answer has taken too long. */
  #giveUp(): void {
    this.#patience?.cancel()
    const patienceMs = this.#patienceMs()
    if (patienceMs === 0) {
      this.#controller?.abort(clientGone())
      return
    }
    // Nobody drains any more, so nobody else would resume it.
    this.#controller?.resume()
    this.#patience = this.#settings.clock.after(patienceMs, () => {
      this.#controller?.abort(clientGone())
    })
  }

  #patienceMs(): number {
    return patienceWith({
      isSent: this.#sent && this.#isReceived,
      endless: this.staysOpen,
      isAnswered: this.#body !== undefined,
      isComplete: this.#body?.complete === true,
      length: this.#length,
    })
  }

  #finishNow(): void {
    this.#gone = true
    this.client.response.end()
    this.#controller?.abort(proxyEnds())
  }
}
