import http2 from 'node:http2'
import tls from 'node:tls'
import { text } from 'node:stream/consumers'

import { anyStream, goAwayFrame, speakHttp2, type BegunStream } from './http2-frames.ts'

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

// Node's own server cannot say that it processed no stream at all.
function goAway(socket: tls.TLSSocket): void {
  speakHttp2(socket, () => {
    socket.write(goAwayFrame(0))
  })
}

/** A server over HTTP/2 that says GOAWAY on every connection, and answers all its requests. */
export interface RetiringServer {
  readonly server: tls.Server
  readonly goaways: () => number
  /** How many responses it has begun, and does not end. */
  readonly open: () => number
  /** Ends those, and keeps no more open. */
  readonly release: () => void
}

/**
 * Answers with `ok`, out of order; a connection hears GOAWAY, without a last stream, at some request.
 * The response of its first one is kept open, as that of a watch.
 */
export function retiringServer(keys: tls.SecureContextOptions): RetiringServer {
  const open = new Set<BegunStream>()
  let requests = 0
  let goaways = 0
  let keepsOpen = true
  const server = tls.createServer({ ...keys, ALPNProtocols: ['h2'] }, (socket) => {
    let isTold = false
    speakHttp2(socket, (stream) => {
      requests++
      if (!isTold && requests % 10 === 0) {
        isTold = true
        goaways++
        socket.write(goAwayFrame(anyStream))
      }
      stream.begin()
      if (stream.place === 1 && keepsOpen) open.add(stream)
      else setTimeout(() => stream.end(), 5 + (requests % 6) * 10)
    })
  })
  return {
    server,
    goaways: () => goaways,
    open: () => open.size,
    release() {
      keepsOpen = false
      for (const stream of open) stream.end()
      open.clear()
    },
  }
}
