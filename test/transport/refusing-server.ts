import http2 from 'node:http2'
import tls from 'node:tls'
import { text } from 'node:stream/consumers'

/** A server over HTTP/2 that refuses streams before it processes any. */
export interface RefusingServer {
  readonly server: tls.Server
  /** How many it has refused. */
  readonly refused: () => number
  /** `METHOD PATH BODY` of those that it answered. */
  readonly processed: readonly string[]
}

/** Refuses the first so many streams, each in this way, then answers with `ok`. */
export function refusingServer(
  keys: tls.SecureContextOptions,
  count: number,
  how: 'GOAWAY' | 'REFUSED_STREAM',
): RefusingServer {
  const processed: string[] = []
  let refused = 0
  const mayRefuse = (): boolean => refused < count && (refused += 1) > 0
  const real = http2.createServer()
  real.on('session', (session) => session.on('error', () => undefined))
  real.on('stream', (stream, headers) => {
    stream.on('error', () => undefined)
    if (how === 'REFUSED_STREAM' && mayRefuse()) {
      stream.close(http2.constants.NGHTTP2_REFUSED_STREAM)
      return
    }
    void text(stream).then((body) => {
      processed.push(`${headers[':method'] ?? ''} ${headers[':path'] ?? ''} ${body}`)
      stream.respond({ ':status': 200 })
      stream.end('ok')
    })
  })
  const server = tls.createServer({ ...keys, ALPNProtocols: ['h2'] }, (socket) => {
    if (how === 'GOAWAY' && mayRefuse()) goAway(socket)
    else real.emit('connection', socket)
  })
  return { server, refused: () => refused, processed }
}

const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'
const frameType = { headers: 1, settings: 4, goaway: 7 }

// Node's own server cannot say that it processed no stream at all.
function goAway(socket: tls.TLSSocket): void {
  let received = Buffer.alloc(0)
  let position = preface.length
  socket.write(frame(frameType.settings, Buffer.alloc(0)))
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk])
    while (received.length >= position + 9) {
      const type = received[position + 3]
      position += 9 + received.readUIntBE(position, 3)
      // Last stream 0, no error.
      if (type === frameType.headers) socket.write(frame(frameType.goaway, Buffer.alloc(8)))
    }
  })
}

// https://www.rfc-editor.org/rfc/rfc9113#name-frame-format: length, type, no flags, stream 0.
function frame(type: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head[3] = type
  return Buffer.concat([head, payload])
}

/** A server over HTTP/2 that says GOAWAY to every session, and answers all its requests. */
export interface RetiringServer {
  readonly server: tls.Server
  readonly goaways: () => number
}

/** Answers with `ok`, out of order; a session hears GOAWAY, without a last stream, at some request. */
export function retiringServer(keys: tls.SecureContextOptions): RetiringServer {
  const told = new WeakSet<http2.Http2Session>()
  let requests = 0
  let goaways = 0
  const server = http2.createSecureServer(keys)
  server.on('session', (session) => session.on('error', () => undefined))
  server.on('stream', (stream) => {
    stream.on('error', () => undefined)
    const { session } = stream
    requests++
    if (session !== undefined && !told.has(session) && requests % 10 === 0) {
      told.add(session)
      goaways++
      session.goaway(http2.constants.NGHTTP2_NO_ERROR, 2 ** 31 - 1)
    }
    setTimeout(
      () => {
        if (stream.destroyed) return
        stream.respond({ ':status': 200 })
        stream.end('ok')
      },
      5 + (requests % 6) * 10,
    )
  })
  return { server, goaways: () => goaways }
}
