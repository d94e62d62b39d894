import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'

import type { Clock } from '../credential/clock.ts'
import type { ClientResponse } from './client-response.ts'

/** What a {@link LeanResponse} needs. */
export interface LeanResponseOptions {
  readonly socket: Socket
  readonly clock: Clock
  /** Called once, when all of it has been given to the system. */
  readonly finished: () => void
}

/**
 * The answer to a GET request, straight to the socket: what Node's `ServerResponse` would say, for a
 * third of its processor time. It is no stream, and does what an exchange needs.
 */
export class LeanResponse implements ClientResponse {
  shouldKeepAlive = true
  sendDate = true
  statusCode = 0
  headersSent = false
  writableFinished = false
  readonly #options: LeanResponseOptions
  #head = ''
  #framing: Framing = 'none'
  #ended = false

  constructor(options: LeanResponseOptions) {
    this.#options = options
  }

  writeHead(statusCode: number, headers: readonly string[]): this {
    const { length, text } = headerLines(headers)
    this.statusCode = statusCode
    this.headersSent = true
    this.#framing = framingOf(statusCode, length)
    this.#head = `HTTP/1.1 ${statusCode} ${STATUS_CODES[statusCode] ?? 'unknown'}\r\n${text}`
    if (this.sendDate) {
      this.#head += `Date: ${new Date(this.#options.clock.now()).toUTCString()}\r\n`
    }
    this.#head += this.shouldKeepAlive ? 'Connection: keep-alive\r\n' : 'Connection: close\r\n'
    return this
  }

  flushHeaders(): void {
    const head = this.#takeHead()
    if (head !== '') this.#options.socket.write(head, 'latin1')
  }

  write(chunk: Buffer): boolean {
    const { socket } = this.#options
    if (chunk.length === 0 || this.#framing === 'none') return true
    socket.cork()
    this.flushHeaders()
    const isChunked = this.#framing === 'chunked'
    if (isChunked) socket.write(`${chunk.length.toString(16)}\r\n`, 'latin1')
    let goOn = socket.write(chunk)
    if (isChunked) goOn = socket.write('\r\n', 'latin1')
    socket.uncork()
    return goOn
  }

  once(event: 'drain', then: () => void): this {
    this.#options.socket.once(event, then)
    return this
  }

  end(chunk: string | Buffer = '', encoding: 'utf8' | 'latin1' = 'utf8'): this {
    // A body that came whole has ended it already.
    if (this.#ended) return this
    this.#ended = true
    // One that comes whole needs no chunks.
    if (this.#head !== '' && this.#framing === 'chunked') {
      this.#framing = 'length'
      this.#head += `Content-Length: ${Buffer.byteLength(chunk, encoding)}\r\n`
    }
    if (typeof chunk === 'string' && encoding === 'latin1') {
      // Head and body in one write.
      this.#finish(this.#takeHead() + (this.#framing === 'none' ? '' : chunk))
      return this
    }
    this.write(Buffer.from(chunk))
    this.#finish(this.#takeHead() + (this.#framing === 'chunked' ? '0\r\n\r\n' : ''))
    return this
  }

  destroy(): this {
    this.#options.socket.destroy()
    return this
  }

  #takeHead(): string {
    const head = this.#head
    if (head === '') return ''
    this.#head = ''
    return head + (this.#framing === 'chunked' ? 'Transfer-Encoding: chunked\r\n\r\n' : '\r\n')
  }

  #finish(last: string): void {
    this.#options.socket.write(last, 'latin1', (error) => {
      if (error) return
      this.writableFinished = true
      this.#options.finished()
    })
  }
}

/** How a reader knows where the body ends. */
type Framing = 'none' | 'length' | 'chunked'

function framingOf(statusCode: number, length: string | undefined): Framing {
  if (statusCode === 204 || statusCode === 304) return 'none'
  return length === undefined ? 'chunked' : 'length'
}

function headerLines(headers: readonly string[]): { length: string | undefined; text: string } {
  let length: string | undefined
  let text = ''
  for (let index = 0; index < headers.length; index += 2) {
    const [name = '', value = ''] = [headers[index], headers[index + 1]]
    if (name.length === 14 && name.toLowerCase() === 'content-length') length = value
    text += `${name}: ${value}\r\n`
  }
  return { length, text }
}
