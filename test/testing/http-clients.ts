import { once } from 'node:events'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { connect, type IncomingHttpHeaders, type SecureClientSessionOptions } from 'node:http2'
import { request, type RequestOptions } from 'node:https'

import { isJsonObject } from '../../src/api/json.ts'
import type { FakeApiServer } from '../../src/testing/fake-api-server.ts'

export interface ClientOptions {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string | Uint8Array
  /** Anything of node:tls, and of node:https for HTTP/1.1. */
  readonly tls?: SecureClientSessionOptions & RequestOptions
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** One request on a connection of its own. */
export type Client = (
  server: FakeApiServer,
  path: string,
  options?: ClientOptions,
) => Promise<Answer>

export const clients: readonly (readonly [name: string, client: Client])[] = [
  ['HTTP/1.1', http1],
  ['HTTP/2', http2],
]

export function http1(
  server: FakeApiServer,
  path: string,
  { method = 'GET', headers = {}, body, tls = {} }: ClientOptions = {},
): Promise<Answer> {
  return new Promise((done, fail) => {
    const ca = server.certificateAuthorityPem
    const outgoing = request(server.url, {
      path,
      method,
      agent: false,
      ca,
      ...tls,
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [
          name,
          typeof value === 'string' ? value : [...value],
        ]),
      ),
    })
    outgoing.once('error', fail)
    outgoing.once('response', (response) => {
      collect(response).then(
        (bytes) =>
          done({ status: response.statusCode ?? 0, headers: response.headers, body: bytes }),
        fail,
      )
    })
    outgoing.end(body)
  })
}

export async function http2(
  server: FakeApiServer,
  path: string,
  { method = 'GET', headers = {}, body, tls = {} }: ClientOptions = {},
): Promise<Answer> {
  const session = connect(server.url, { ca: server.certificateAuthorityPem, ...tls })
  try {
    return await new Promise((done, fail) => {
      session.once('error', fail)
      const endStream = body === undefined
      const stream = session.request(
        { ':method': method, ':path': path, ...headers },
        { endStream },
      )
      stream.once('error', fail)
      // A connection that is lost ends a stream as if it were complete.
      stream.once('close', () => fail(new Error(`stream closed with ${stream.rstCode}`)))
      stream.once('response', (head) => {
        collect(stream).then(
          (bytes) => done({ status: head[':status'] ?? 0, headers: head, body: bytes }),
          fail,
        )
      })
      if (!endStream) stream.end(body)
    })
  } finally {
    session.close()
  }
}

export function textOf({ body }: Answer): string {
  return body.toString('utf8')
}

export function jsonOf({ body }: Answer): unknown {
  return parse(body.toString('utf8'))
}

/** A JSON value as something to look into with care. */
export function parse(text: string): unknown {
  return JSON.parse(text)
}

/** What is found in a JSON value along a path of keys; undefined where it ends early. */
export function dig(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, key) => (isJsonObject(inner) ? inner[key] : undefined), value)
}

export function bearer(token: string): { readonly authorization: string } {
  return { authorization: `Bearer ${token}` }
}

/** The response to a request of HTTP/1.1. */
export async function responseTo(outgoing: ClientRequest): Promise<IncomingMessage> {
  const [response]: IncomingMessage[] = await once(outgoing, 'response')
  if (response === undefined) throw new Error('no response')
  return response
}

/** Everything that a stream has to say. */
export async function collect(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of source) chunks.push(chunk)
  return Buffer.concat(chunks)
}
