import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { constants, Http2ServerRequest } from 'node:http2'
import type { Duplex, Writable } from 'node:stream'

import type { JsonObject } from '../api/json.ts'
import type { Connection } from './connections.ts'
import type { RequestEntry } from './request-log.ts'
import { acceptUpgrade, type UpgradeAttempt } from './serve-upgrade.ts'

/** A request of either version of HTTP. */
export type ServerRequest = IncomingMessage | Http2ServerRequest

/** What the responses of both versions of HTTP have in common. */
export interface ServerResponse extends Writable {
  statusCode: number
  readonly headersSent: boolean
  setHeader(name: string, value: string): unknown
  flushHeaders(): void
  writeContinue(): void
}

/** A scripted answer. */
export interface ScriptedReply {
  readonly statusCode: number
  /** `content-type` follows from the body where it is missing. */
  readonly headers?: Readonly<Record<string, string>>
  /** An object is sent as JSON. Default: no body. */
  readonly body?: JsonObject | string | Uint8Array
  /** Closes the connection after the answer; with HTTP/2 when its other requests are done. */
  readonly close?: boolean
}

/** What a test can do to one request instead of the server's own answer. */
export interface Responder {
  /** Answers at once, whether the request's body has come or not. */
  reply(answer: ScriptedReply): void
  /** Sends the head of an answer; the body is the caller's to write, to end or to destroy. */
  begin(head: Pick<ScriptedReply, 'statusCode' | 'headers'>): Writable
  /** Answers with a body that never ends, as fast as it is read. */
  endless(head: Pick<ScriptedReply, 'statusCode' | 'headers'>): void
  /** Reads the request's body to its end. */
  readBody(): Promise<Buffer>
  /**
   * Answers an upgrade with 101; the connection is the caller's from then on, to write, to end and
   * to read, also after the client has ended its side. What came ahead of the answer comes first.
   *
   * @param headers To add to `connection` and `upgrade`, which is what the client asked for.
   * @throws TypeError when the request asks for no upgrade.
   */
  switchProtocols(headers?: Readonly<Record<string, string>>): Duplex
  /**
   * Breaks the request off: HTTP/2 with RST_STREAM, HTTP/1.1 with a reset of the connection.
   *
   * @param code Error code for HTTP/2. Default: 2, INTERNAL_ERROR.
   */
  reset(code?: number): void
  /** Drops the connection under the request, and with it whatever else it carries. */
  dropConnection(how?: 'reset' | 'end'): void
  /**
   * HTTP/2: sends GOAWAY and leaves the request to be answered or not; HTTP/1.1: nothing.
   *
   * @param lastStreamId The last request to be served. Default: the one before this request.
   */
  goaway(code?: number, lastStreamId?: number): void
}

/** One request with its response, whatever the version of HTTP. */
export class Exchange implements Responder {
  readonly entry: RequestEntry
  readonly #request: ServerRequest
  readonly #response: ServerResponse
  readonly #connection: Connection
  readonly #upgrade: UpgradeAttempt | undefined
  #body: Promise<Buffer> | undefined

  constructor(
    request: ServerRequest,
    response: ServerResponse,
    entry: RequestEntry,
    connection: Connection,
    upgrade?: UpgradeAttempt,
  ) {
    this.#request = request
    this.#response = response
    this.entry = entry
    this.#connection = connection
    this.#upgrade = upgrade
    // A client may go at any time; that is no failure of the server.
    request.on('error', () => {})
    response.on('error', () => {})
  }

  /** Whether the head of an answer has been sent. */
  get answered(): boolean {
    return this.#response.headersSent
  }

  /** Whether there is nobody left to answer to. */
  get gone(): boolean {
    return this.#response.destroyed
  }

  reply({ statusCode, headers = {}, body = '', close = false }: ScriptedReply): void {
    const [bytes, type] = encode(body)
    const length = { 'content-length': String(bytes.length) }
    const closing = close && !this.#isHttp2 ? { connection: 'close' } : {}
    const noBody = statusCode === 204 || statusCode === 304
    const described = noBody ? {} : { 'content-type': type, ...length }
    this.#head({ statusCode, headers: { ...described, ...closing, ...headers } })
    this.#response.end(bytes)
    // What still comes of the request is in the way of the next one on this connection.
    this.readBody().catch(() => {})
    if (close && this.#request instanceof Http2ServerRequest) this.#request.stream.session?.close()
  }

  begin(head: Pick<ScriptedReply, 'statusCode' | 'headers'>): Writable {
    this.#head(head)
    this.#response.flushHeaders()
    return this.#response
  }

  endless(head: Pick<ScriptedReply, 'statusCode' | 'headers'>): void {
    const out = this.begin(head)
    const chunk = Buffer.alloc(16 * 1024, ' ')
    let open = true
    const pour = (): void => {
      while (open && out.write(chunk)) continue
    }
    out.once('close', () => (open = false))
    out.on('drain', pour)
    pour()
  }

  readBody(): Promise<Buffer> {
    this.#body ??= this.#collect()
    return this.#body
  }

  switchProtocols(headers: Readonly<Record<string, string>> = {}): Duplex {
    if (this.#upgrade === undefined) throw new TypeError('the request asks for no upgrade')
    this.entry.statusCode = 101
    return acceptUpgrade(this.#upgrade, { upgrade: this.entry.headers.upgrade ?? '', ...headers })
  }

  reset(code: number = constants.NGHTTP2_INTERNAL_ERROR): void {
    if (this.#request instanceof Http2ServerRequest) this.#request.stream.close(code)
    else this.#connection.drop('reset')
  }

  dropConnection(how: 'reset' | 'end' = 'end'): void {
    this.#connection.drop(how)
  }

  goaway(code: number = constants.NGHTTP2_NO_ERROR, lastStreamId?: number): void {
    if (!(this.#request instanceof Http2ServerRequest)) return
    const { stream } = this.#request
    // Clients open streams with odd numbers, two apart.
    const before = (stream.id ?? 0) - 2
    stream.session?.goaway(code, lastStreamId ?? Math.max(before, 0))
    // Node takes 0 for the last that has come: the frame would promise to serve this one, too.
    if (lastStreamId === undefined && before < 1) stream.close(constants.NGHTTP2_REFUSED_STREAM)
  }

  /** Calls back when the client has gone, or has got everything. */
  onClose(then: () => void): void {
    this.#response.once('close', then)
  }

  get #isHttp2(): boolean {
    return this.#request instanceof Http2ServerRequest
  }

  #head({ statusCode, headers = {} }: Pick<ScriptedReply, 'statusCode' | 'headers'>): void {
    this.entry.statusCode = statusCode
    this.#response.statusCode = statusCode
    for (const [name, value] of Object.entries(headers)) this.#response.setHeader(name, value)
  }

  async #collect(): Promise<Buffer> {
    if (this.entry.headers.expect === '100-continue' && !this.answered) {
      this.#response.writeContinue()
    }
    const hash = createHash('sha256')
    const chunks: Uint8Array[] = []
    const source: AsyncIterable<Uint8Array> = this.#request
    for await (const chunk of source) {
      hash.update(chunk)
      chunks.push(chunk)
      this.entry.bodyLength += chunk.length
    }
    if (wasBrokenOff(this.#request)) throw new Error('the request was broken off')
    this.entry.bodySha256 = hash.digest('hex')
    return Buffer.concat(chunks)
  }
}

// Over HTTP/2 a body ends in good order when its session is destroyed.
function wasBrokenOff(request: ServerRequest): boolean {
  return request instanceof Http2ServerRequest ? request.stream.aborted : !request.complete
}

function encode(body: JsonObject | string | Uint8Array): readonly [Uint8Array, string] {
  if (typeof body === 'string') return [Buffer.from(body, 'utf8'), 'text/plain; charset=utf-8']
  if (body instanceof Uint8Array) return [body, 'application/octet-stream']
  return [Buffer.from(`${JSON.stringify(body)}\n`, 'utf8'), 'application/json']
}
