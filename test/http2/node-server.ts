import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Http2Server, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'

/** A response that Node's own server gives. */
export interface Planned {
  readonly size: number
  /** Bytes that it writes at a time. */
  readonly piece: number
  /** Whether its head says how long it is. */
  readonly withLength: boolean
  readonly withTrailers: boolean
  /** It resets the stream when it has written so many bytes. */
  readonly resetAt: number
}

/** Node's own server of HTTP/2, which nghttp2 is under. It answers the path `/3` by the fourth plan. */
export class NodeServer implements AsyncDisposable {
  plans: readonly Planned[] = []
  opened = 0
  closed = 0
  /** What it did not like, if anything. */
  readonly complaints: Error[] = []
  readonly #server: Http2Server = createServer()

  constructor() {
    this.#server.on('session', (session) => {
      session.on('error', (error) => this.complaints.push(error))
    })
    this.#server.on('sessionError', (error: Error) => this.complaints.push(error))
    this.#server.on('stream', (stream, headers) => {
      this.opened++
      stream.on('error', () => undefined).on('close', () => this.closed++)
      const index = Number(headers[':path']?.slice(1))
      const plan = this.plans[index]
      if (plan !== undefined) void respond(stream, plan, bodyOf(index, plan.size))
    })
  }

  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    // It listens on a port.
    return (this.#server.address() as AddressInfo).port
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close()
    await once(this.#server, 'close')
  }
}

/** The body of a response: one like no other, and nowhere like itself. */
export function bodyOf(index: number, size: number): Buffer {
  const pattern = createHash('sha512').update(`${index}`).digest().subarray(0, 61)
  return Buffer.alloc(size, pattern)
}

async function respond(stream: ServerHttp2Stream, plan: Planned, body: Buffer): Promise<void> {
  const headers = plan.withLength ? { 'content-length': body.length } : {}
  stream.respond({ ':status': 200, ...headers }, { waitForTrailers: plan.withTrailers })
  stream.on('wantTrailers', () => stream.sendTrailers({ 'x-size': body.length }))
  for (let at = 0; at < body.length && !stream.destroyed; at += plan.piece) {
    if (at >= plan.resetAt) {
      // To close it would end it in good order first.
      stream.destroy(new Error('reset'))
      return
    }
    if (!stream.write(body.subarray(at, at + plan.piece))) {
      await Promise.race([once(stream, 'drain'), once(stream, 'close')])
    }
  }
  stream.end()
}
