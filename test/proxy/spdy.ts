import { Duplex } from 'node:stream'

/**
 * The server's side of SPDY/3.1, as far as kubectl speaks it: streams that the client opens. Their
 * headers are compressed and not read; what a stream is for follows from the order.
 */
export function acceptSpdy(connection: Duplex, onStream: (stream: Duplex) => void): void {
  const streams = new Map<number, Duplex>()
  const reader = new FrameReader()
  let replies = 0
  connection.on('data', (chunk: Buffer) => {
    for (const { type, flags, payload, streamId } of reader.read(chunk)) {
      if (type === types.synStream) {
        const opened = openStream(connection, streamId)
        streams.set(streamId, opened)
        connection.write(control(types.synReply, Buffer.concat([id(streamId), noHeaders(replies)])))
        replies += 1
        onStream(opened)
      } else if (type === types.data) streams.get(streamId)?.push(payload)
      // Go sends the last word of a stream as a frame of its own, or along with the first.
      if ((flags & final) !== 0) streams.get(streamId)?.push(null)
      if (type === types.ping) connection.write(control(types.ping, payload))
      if (type === types.rstStream) streams.get(streamId)?.destroy()
    }
  })
  connection.once('end', () => connection.end())
  connection.once('close', () => {
    for (const stream of streams.values()) stream.destroy()
  })
}

const types = { data: 0, synStream: 1, synReply: 2, rstStream: 3, ping: 6 }
const final = 1

interface Frame {
  readonly type: number
  readonly flags: number
  readonly streamId: number
  readonly payload: Buffer
}

function openStream(connection: Duplex, streamId: number): Duplex {
  const stream = new Duplex({
    read: () => {},
    write(chunk: Buffer, _encoding, done) {
      connection.write(Buffer.concat([id(streamId), lengthAndFlags(chunk.length, 0), chunk]), done)
    },
    final(done) {
      connection.write(Buffer.concat([id(streamId), lengthAndFlags(0, final)]), done)
    },
  })
  // The client may go at any time.
  return stream.on('error', () => {})
}

class FrameReader {
  #bytes: Buffer = Buffer.alloc(0)

  read(chunk: Buffer): readonly Frame[] {
    this.#bytes = Buffer.concat([this.#bytes, chunk])
    const frames: Frame[] = []
    while (this.#bytes.length >= 8) {
      const end = 8 + this.#bytes.readUIntBE(5, 3)
      if (this.#bytes.length < end) break
      const payload = this.#bytes.subarray(8, end)
      const isControl = this.#bytes.readUInt8(0) >= 0x80
      frames.push({
        type: isControl ? this.#bytes.readUInt16BE(2) : types.data,
        flags: this.#bytes.readUInt8(4),
        streamId: (isControl ? payload : this.#bytes).readUInt32BE(0),
        payload,
      })
      this.#bytes = this.#bytes.subarray(end)
    }
    return frames
  }
}

function control(type: number, payload: Buffer): Buffer {
  const head = Buffer.from([0x80, 3, 0, type])
  return Buffer.concat([head, lengthAndFlags(payload.length, 0), payload])
}

function id(streamId: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(streamId)
  return bytes
}

function lengthAndFlags(length: number, flags: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(flags * 2 ** 24 + length)
  return bytes
}

/** The count of no headers, as zlib stores it; for zlib all replies are one stream. */
function noHeaders(before: number): Buffer {
  const start = before === 0 ? [0x78, 0x01] : []
  const stored = [0, 4, 0, 0xfb, 0xff, 0, 0, 0, 0]
  // An empty block says that what came before is to be given out.
  return Buffer.from([...start, ...stored, 0, 0, 0, 0xff, 0xff])
}
