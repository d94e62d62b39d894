// https://www.rfc-editor.org/rfc/rfc9113#name-frame-definitions

/** The kinds of frames. */
export const frameTypes = {
  data: 0,
  headers: 1,
  priority: 2,
  resetStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const

/** Flags; which frames may have which is said in their definitions. */
export const flags = {
  endStream: 0x1,
  ack: 0x1,
  endHeaders: 0x4,
  padded: 0x8,
  priority: 0x20,
} as const

/** Reasons for the end of a stream or a connection. */
export const errorCodes = {
  noError: 0,
  protocolError: 1,
  internalError: 2,
  flowControlError: 3,
  frameSizeError: 6,
  refusedStream: 7,
  cancel: 8,
  compressionError: 9,
  enhanceYourCalm: 11,
} as const

/** Bytes before the payload of each frame. */
export const headSize = 9

/** Largest payload that both sides take when nothing else is said, bytes; this side says nothing else. */
export const largestPayload: number = 2 ** 14

/** What a connection begins with. */
export const preface: Buffer = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')

/** One frame, without a payload of more than {@link largestPayload} bytes. */
export function frame(type: number, flag: number, stream: number, payload: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(headSize + payload.length)
  bytes.writeUIntBE(payload.length, 0, 3)
  bytes[3] = type
  bytes[4] = flag
  bytes.writeUInt32BE(stream, 5)
  bytes.set(payload, headSize)
  return bytes
}

/** The frames of a request that has no body. */
export function headersFrames(stream: number, block: Buffer): Buffer[] {
  const frames: Buffer[] = []
  let at = 0
  do {
    const part = block.subarray(at, at + largestPayload)
    const type = at === 0 ? frameTypes.headers : frameTypes.continuation
    const ends = at === 0 ? flags.endStream : 0
    at += part.length
    const last = at === block.length ? flags.endHeaders : 0
    frames.push(frame(type, ends | last, stream, part))
  } while (at < block.length)
  return frames
}

/** Ends a stream. */
export function resetFrame(stream: number, code: number): Buffer {
  return frame(frameTypes.resetStream, 0, stream, uint32(code))
}

/** Lets the other side send so many bytes more; on stream 0, on all of the connection together. */
export function windowFrame(stream: number, bytes: number): Buffer {
  return frame(frameTypes.windowUpdate, 0, stream, uint32(bytes))
}

/** Says which was the last stream of the other side's that was looked at: none, for there is no push. */
export function goAwayFrame(code: number): Buffer {
  return frame(frameTypes.goAway, 0, 0, Buffer.concat([uint32(0), uint32(code)]))
}

/** Asks whether the other side is there, or says that this one is. */
export function pingFrame(payload: Buffer, isAnswer: boolean): Buffer {
  return frame(frameTypes.ping, isAnswer ? flags.ack : 0, 0, payload)
}

/** Says that the settings of the other side are kept to. */
export const settingsAck: Buffer = frame(frameTypes.settings, flags.ack, 0, Buffer.alloc(0))

function uint32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4)
  bytes.writeUInt32BE(value)
  return bytes
}
