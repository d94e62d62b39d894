import type { TLSSocket } from 'node:tls'

const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'
const frameType = { data: 0, headers: 1, settings: 4, goaway: 7 }
const flag = { ack: 1, endStream: 1, endHeaders: 4 }

/** A stream whose head has come. What is sent on it is fixed, since no header is compressed or read. */
export interface BegunStream {
  /** Which one of its connection it is, from 1. */
  readonly place: number
  /** Sends 200. */
  begin(): void
  /** Sends `ok`, and that this was all. */
  end(): void
}

/**
 * Is a server of HTTP/2 on a connection, of which nothing is decided elsewhere: Node's own ignores,
 * for one, each stream that comes after its GOAWAY, also where that has said that none would be.
 */
export function speakHttp2(socket: TLSSocket, onStream: (stream: BegunStream) => void): void {
  socket.setNoDelay(true)
  socket.write(frame(frameType.settings))
  let received = Buffer.alloc(0)
  let skipped = preface.length
  let place = 0
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk])
    for (;;) {
      const end =
        skipped + 9 + (received.length < skipped + 3 ? 0 : received.readUIntBE(skipped, 3))
      if (received.length < end) return
      const type = received[skipped + 3]
      const flags = received.readUInt8(skipped + 4)
      const stream = received.readUInt32BE(skipped + 5)
      received = received.subarray(end)
      skipped = 0
      if (type === frameType.settings && (flags & flag.ack) === 0) {
        socket.write(frame(frameType.settings, { flags: flag.ack }))
      }
      if (type === frameType.headers) {
        onStream({
          place: ++place,
          begin: () => socket.write(status200(stream)),
          end: () => socket.write(lastData(stream)),
        })
      }
    }
  })
}

/** Says that no stream after the last one named is processed; with `anyStream`, that all are. */
export function goAwayFrame(lastStream: number): Buffer {
  const payload = Buffer.alloc(8)
  payload.writeUInt32BE(lastStream)
  return frame(frameType.goaway, { payload })
}

/** The last stream of a server that will soon say GOAWAY, and refuses none until then. */
export const anyStream: number = 2 ** 31 - 1

function status200(stream: number): Buffer {
  // Entry 8 of the static table, https://www.rfc-editor.org/rfc/rfc7541#appendix-A.
  return frame(frameType.headers, { flags: flag.endHeaders, stream, payload: Buffer.from([0x88]) })
}

function lastData(stream: number): Buffer {
  return frame(frameType.data, { flags: flag.endStream, stream, payload: Buffer.from('ok') })
}

interface FrameParts {
  readonly flags?: number
  readonly stream?: number
  readonly payload?: Buffer
}

// https://www.rfc-editor.org/rfc/rfc9113#name-frame-format
function frame(type: number, { flags = 0, stream = 0, payload }: FrameParts = {}): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload?.length ?? 0, 0, 3)
  head.writeUInt8(type, 3)
  head.writeUInt8(flags, 4)
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload ?? Buffer.alloc(0)])
}
