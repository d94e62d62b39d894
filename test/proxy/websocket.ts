import { createHash } from 'node:crypto'
import { Duplex } from 'node:stream'

/** What a server answers to a client's `sec-websocket-key`. */
export function acceptKey(key: string): string {
  // RFC 6455, section 1.3.
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
}

/**
 * The server's side of a WebSocket: each chunk that is read is a message, each that is written
 * leaves as a binary one.
 */
export function openWebSocket(connection: Duplex): Duplex {
  const frames = new FrameReader()
  const messages = new Duplex({
    readableObjectMode: true,
    read: () => void connection.resume(),
    write(chunk: Buffer, _encoding, done) {
      connection.write(frame(opcodes.binary, chunk), done)
    },
    final(done) {
      connection.end(frame(opcodes.close, Buffer.from([0x03, 0xe8])), done)
    },
    destroy(error, done) {
      connection.destroy()
      done(error)
    },
  })
  const finish = (): void => {
    messages.push(null)
    messages.end()
  }
  connection.on('data', (chunk: Buffer) => {
    for (const { opcode, payload } of frames.read(chunk)) {
      if (opcode === opcodes.ping) connection.write(frame(opcodes.pong, payload))
      else if (opcode === opcodes.close) finish()
      else if (opcode !== opcodes.pong && !messages.push(payload)) connection.pause()
    }
  })
  connection.once('end', finish)
  connection.once('close', () => messages.destroy())
  // The client may go at any time.
  return messages.on('error', () => {})
}

const opcodes = { continued: 0, binary: 2, close: 8, ping: 9, pong: 10 }

interface Frame {
  readonly opcode: number
  readonly payload: Buffer
}

/** Takes frames apart, and puts messages together that came in several. */
class FrameReader {
  #bytes: Buffer = Buffer.alloc(0)
  readonly #parts: Buffer[] = []

  read(chunk: Buffer): readonly Frame[] {
    this.#bytes = Buffer.concat([this.#bytes, chunk])
    const frames: Frame[] = []
    for (let length = lengthOf(this.#bytes); length !== undefined; length = lengthOf(this.#bytes)) {
      const whole = this.#bytes.subarray(0, length)
      this.#bytes = this.#bytes.subarray(length)
      const [opcode, isLast, payload] = unmask(whole)
      if (opcode >= opcodes.close) frames.push({ opcode, payload })
      else {
        this.#parts.push(payload)
        if (isLast) frames.push({ opcode, payload: Buffer.concat(this.#parts.splice(0)) })
      }
    }
    return frames
  }
}

/** Bytes of the first frame with its head; undefined when it is not there yet. */
function lengthOf(bytes: Buffer): number | undefined {
  const [head, size] = sizesOf(bytes)
  return head + size > bytes.length ? undefined : head + size
}

/** Bytes of the head and of the payload behind it; a client masks what it sends. */
function sizesOf(bytes: Buffer): readonly [head: number, payload: number] {
  const short = (bytes[1] ?? 0) & 0x7f
  const head = { 126: 8, 127: 14 }[short] ?? 6
  if (bytes.length < head) return [head, 0]
  if (short === 126) return [head, bytes.readUInt16BE(2)]
  return [head, short === 127 ? Number(bytes.readBigUInt64BE(2)) : short]
}

function unmask(whole: Buffer): readonly [opcode: number, isLast: boolean, payload: Buffer] {
  const [head] = sizesOf(whole)
  const mask = whole.subarray(head - 4, head)
  const payload = Buffer.from(whole.subarray(head))
  for (const [index, byte] of payload.entries()) payload[index] = byte ^ (mask[index % 4] ?? 0)
  const first = whole[0] ?? 0
  return [first & 0x0f, (first & 0x80) !== 0, payload]
}

function frame(opcode: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(10)
  head[0] = 0x80 | opcode
  head[1] = 127
  head.writeBigUInt64BE(BigInt(payload.length), 2)
  if (payload.length >= 2 ** 16) return Buffer.concat([head, payload])
  if (payload.length >= 126) {
    head[1] = 126
    head.writeUInt16BE(payload.length, 2)
    return Buffer.concat([head.subarray(0, 4), payload])
  }
  head[1] = payload.length
  return Buffer.concat([head.subarray(0, 2), payload])
}
